#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/media/frame_pattern.h"
#include "core/media/video_reader.h"

namespace headroom::media {

/// The one PNG sequence in a folder. Errors: BadInput when there is none, or several (their patterns are named).
Result<FramePattern> find_sequence(const std::filesystem::path& folder);

/// The sequence that a PNG file is a frame of, by its name alone (`frame-0001.png` → `frame-%04d.png`); nothing when the name has
/// no number.
std::optional<FramePattern> sequence_of(const std::filesystem::path& path);

/// PNG files as a clip. Frames are decoded when they are asked for.
class PngReader : public FrameSource {
public:
    /// The frames of a sequence, from its lowest number on; a number that is missing between two others is an error. Errors:
    /// BadInput.
    static Result<PngReader> open(const FramePattern& pattern);

    /// One picture, with the settings of the sequence it belongs to. Errors: BadInput.
    static Result<PngReader> open_single(const std::filesystem::path& path);

    const ClipInfo& info() const override { return m_info; }
    Result<std::optional<RgbFrame>> next() override;

private:
    explicit PngReader(std::vector<std::filesystem::path> frames) : m_frames(std::move(frames)) {}

    Result<void> read_size();
    void read_settings(const std::filesystem::path& sidecar_path);

    std::vector<std::filesystem::path> m_frames;
    std::size_t m_next = 0;
    ClipInfo m_info;
};

}  // namespace headroom::media

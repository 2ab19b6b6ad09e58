#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "core/base/result.h"
#include "core/base/rgb_frame.h"
#include "core/media/clip_metadata.h"

namespace headroom::media {

struct ClipInfo {
    int width = 0;                            ///< pixels
    int height = 0;                           ///< pixels
    double fps = 0;                           ///< frames a second; 0 when nothing says it (PNG frames of another program)
    std::optional<std::int64_t> frame_count;  ///< as the file states it; a damaged file may hold fewer
    ClipMetadata metadata;                    ///< empty where the file has none
};

/// Where a reader's frames come from: a container, or single pictures.
class FrameSource {
public:
    virtual ~FrameSource() = default;
    virtual const ClipInfo& info() const = 0;
    virtual Result<std::optional<RgbFrame>> next() = 0;
};

/// Reads a clip frame by frame; one frame is in memory at a time. One thread at a time uses a reader.
class VideoReader {
public:
    /// Opens an MP4, MKV or another container with video, a GIF, a PNG sequence (a `%04d` pattern, or a folder that holds one),
    /// or one PNG as a clip of one frame. Only local files are touched, whatever the content says. Errors: BadInput (missing, not
    /// a video, damaged, no frames, a folder with several sequences).
    static Result<VideoReader> open(const std::filesystem::path& path);

    const ClipInfo& info() const { return m_source->info(); }

    /// The next frame in display order, converted by the file's tagged matrix and range (untagged: BT.601 below 720 rows, BT.709
    /// from there, as players do), transparency dropped; nothing at the end. Errors: BadInput, naming the frame, when the file is
    /// damaged there.
    Result<std::optional<RgbFrame>> next() { return m_source->next(); }

private:
    explicit VideoReader(std::unique_ptr<FrameSource> source) : m_source(std::move(source)) {}

    std::unique_ptr<FrameSource> m_source;
};

/// The title and comment of a clip, from its tags or, for GIF and PNG, from the file beside it; empty when it has none. Takes the
/// paths that VideoReader::open() takes, and that file itself. Errors: BadInput (missing or damaged).
Result<ClipMetadata> read_clip_metadata(const std::filesystem::path& path);

/// The clip that the file beside it tells the settings of: the GIF, or the first frame of the PNG sequence; nothing when there is
/// none any more. By names alone.
std::optional<std::filesystem::path> clip_of_settings_file(const std::filesystem::path& path);

/// Whether a path names settings without pictures: `NAME.gif.json`, `frame-info.json`.
bool is_settings_file(const std::filesystem::path& path);

}  // namespace headroom::media

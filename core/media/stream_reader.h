#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "core/media/ffmpeg_ptr.h"
#include "core/media/pixel_converter.h"
#include "core/media/video_reader.h"

namespace headroom::media {

/// The first video stream of a container, decoded frame by frame.
class StreamReader : public FrameSource {
public:
    /// Probes by content, so the name's ending does not matter. Takes MP4, MOV, Matroska, WebM, AVI and GIF; opens nothing but
    /// this file. Errors: BadInput.
    static Result<StreamReader> open(const std::filesystem::path& path);

    const ClipInfo& info() const override { return m_info; }
    Result<std::optional<RgbFrame>> next() override;

    /// For formats that can't carry metadata themselves.
    void set_metadata(ClipMetadata metadata) { m_info.metadata = std::move(metadata); }

private:
    StreamReader() = default;

    Result<void> open_decoder();
    void read_info();
    Result<bool> receive();
    Result<void> feed();
    Result<RgbFrame> convert();
    Result<void> check_end() const;

    std::filesystem::path m_path;
    InputContextPtr m_container;
    CodecContextPtr m_decoder;
    PacketPtr m_packet;
    FramePtr m_frame;
    FramePtr m_rgb;
    PixelLayout m_layout;
    std::optional<PixelConverter> m_converter;
    ClipInfo m_info;
    int m_stream = 0;
    std::int64_t m_frames = 0;
    double m_end = 0;  ///< when the last packet read ends, in the stream's time base
    bool m_input_ended = false;
};

/// Decodes to pictures of at most this many pixels; a file that claims more is taken as damaged.
inline constexpr std::int64_t kMostPixels = std::int64_t{1} << 26;

}  // namespace headroom::media

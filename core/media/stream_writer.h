#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <utility>

#include "core/media/ffmpeg_ptr.h"
#include "core/media/pixel_converter.h"
#include "core/media/video_writer.h"

namespace headroom::media {

/// How a container is to be made; options are FFmpeg's, by its names.
struct Container {
    const char* name = "";
    std::initializer_list<std::pair<const char*, const char*>> options;
};

/// One video stream on its way through an encoder into a container, every packet flushed to the file at once. Errors name the
/// final path.
class StreamWriter {
public:
    /// `encoder` is open. Writes to `path`; `final_path` is what messages name.
    static Result<StreamWriter> open(const std::filesystem::path& path, const std::filesystem::path& final_path,
                                     const Container& container, CodecContextPtr encoder, const ClipMetadata& metadata);

    /// Converts the picture to the encoder's pixel format (BT.709, limited range for YUV) and encodes it.
    Result<void> write(const RgbFrame& picture);

    /// Encodes a frame that has the encoder's pixel format already.
    Result<void> write(AVFrame& frame);

    /// Flushes the encoder, writes the container's end and closes the file.
    Result<void> finish();

private:
    StreamWriter() = default;

    Result<void> send(const AVFrame* frame);
    Result<void> prepare_conversion();

    std::filesystem::path m_final_path;
    OutputContextPtr m_container;
    CodecContextPtr m_encoder;
    PacketPtr m_packet;
    FramePtr m_rgb;
    FramePtr m_encoded;
    std::optional<PixelConverter> m_converter;
    std::int64_t m_frames = 0;
};

/// Makes an encoder for the clip, not yet opened: size, rate and time base set, and for RGB or YUV formats every colour tag.
Result<CodecContextPtr> make_encoder(const AVCodec* codec, const VideoFormat& format, AVPixelFormat pixel_format);

/// Refuses a picture that is not as large as the clip's format says.
Result<void> check_picture(const RgbFrame& picture, int width, int height);

/// Makes a container that writes to `path`, with one stream. Errors name `final_path`.
Result<OutputContextPtr> open_container(const std::filesystem::path& path, const std::filesystem::path& final_path,
                                        const char* name, const ClipMetadata& metadata);

/// Writes the container's head. Errors: BadOutput; Internal for an option it does not know.
Result<void> write_header(AVFormatContext& container, const Container& settings, const std::filesystem::path& final_path);

/// Writes the container's end and closes its file; every error that the file saw on the way counts.
Result<void> close_container(OutputContextPtr container, const std::filesystem::path& final_path);

}  // namespace headroom::media

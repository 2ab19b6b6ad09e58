#pragma once

#include <filesystem>
#include <memory>

#include "core/media/stream_writer.h"
#include "core/media/video_writer.h"

namespace headroom::media {

/// What open_frame_writer() was asked for, after it was checked.
struct WriteRequest {
    std::filesystem::path path;
    VideoFormat format;
    ClipMetadata metadata;
    Overwrite overwrite = Overwrite::No;
};

Result<std::unique_ptr<FrameWriter>> open_mp4_writer(WriteRequest request);
Result<std::unique_ptr<FrameWriter>> open_mkv_writer(WriteRequest request);
Result<std::unique_ptr<FrameWriter>> open_gif_writer(WriteRequest request);
Result<std::unique_ptr<FrameWriter>> open_png_writer(WriteRequest request);

/// A lossless RGB stream (FFV1 in Matroska) to `path`; messages name `final_path`.
Result<StreamWriter> open_lossless_stream(const std::filesystem::path& path, const std::filesystem::path& final_path,
                                          const VideoFormat& format, const ClipMetadata& metadata);

/// Adds to an error of the last step that the whole clip was kept under another name.
Error with_kept_clip(Error error, const std::filesystem::path& kept);

}  // namespace headroom::media

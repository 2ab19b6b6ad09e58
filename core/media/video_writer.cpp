#include "core/media/video_writer.h"

#include "core/media/ffmpeg_error.h"
#include "core/media/output_check.h"
#include "core/media/writers.h"

namespace headroom::media {

Result<std::unique_ptr<FrameWriter>> open_frame_writer(const std::filesystem::path& path, const VideoFormat& format,
                                                       const ClipMetadata& metadata, Overwrite overwrite)
{
    silence_ffmpeg();
    const OutputKind kind = TRY(output_kind(path));
    WriteRequest request{path, format, metadata, overwrite};
    TRY(check_request(kind, request));
    switch (kind) {
    case OutputKind::Mp4: return open_mp4_writer(std::move(request));
    case OutputKind::Mkv: return open_mkv_writer(std::move(request));
    case OutputKind::Gif: return open_gif_writer(std::move(request));
    case OutputKind::PngSequence: return open_png_writer(std::move(request));
    }
    return fail(ErrorCode::Internal, "{} is of an unknown kind", display_path(path));
}

Error with_kept_clip(Error error, const std::filesystem::path& kept)
{
    error.message += fmt::format(". The whole clip was kept as {}", display_path(kept));
    return error;
}

}  // namespace headroom::media

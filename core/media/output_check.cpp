#include "core/media/output_check.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "core/base/byte_size.h"
#include "core/media/ffmpeg_error.h"
#include "core/media/frame_pattern.h"
#include "core/media/sidecar.h"
#include "core/media/stream_reader.h"

extern "C" {
#include <libavutil/error.h>
}

namespace headroom::media {

namespace {

constexpr int kShortestSide = 2;  // FFV1 does not keep a single pixel
constexpr int kMostFps = 1000;
constexpr std::int64_t kHighFrameNumber = 99'999;
constexpr int kMostGifFps = 50;  // a GIF counts in hundredths of a second and players slow down below two

Result<void> check_format(OutputKind kind, const WriteRequest& request)
{
    const auto& [width, height, fps] = request.format;
    const std::string name = display_path(request.path);
    if (width < kShortestSide || height < kShortestSide || std::int64_t(width) * height > kMostPixels) {
        return fail(ErrorCode::Usage,
                    "{} can't be written: {}x{} is not a picture size (both sides at least {}, at most {} pixels in all)", name,
                    width, height, kShortestSide, kMostPixels);
    }
    if (fps < 1 || fps > kMostFps)
        return fail(ErrorCode::Usage, "{} can't be written: {} frames a second is not between 1 and {}", name, fps, kMostFps);
    if (kind == OutputKind::Mp4 && (width % 2 != 0 || height % 2 != 0)) {
        return fail(ErrorCode::Usage,
                    "{} can't be written: an MP4 needs an even width and height, not {}x{}; change the size or write .mkv, .gif "
                    "or PNG frames",
                    name, width, height);
    }
    if (kind == OutputKind::Gif && fps > kMostGifFps) {
        return fail(ErrorCode::Usage,
                    "{} can't be written: a GIF shows at most {} frames a second, not {}; lower the rate or write .mp4", name,
                    kMostGifFps, fps);
    }
    return {};
}

Result<void> check_folder(const std::filesystem::path& path)
{
    const auto folder = path.parent_path().empty() ? std::filesystem::path(".") : path.parent_path();
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error)) {
        return fail(ErrorCode::BadOutput, "{} can't be written: the folder {} does not exist; create it or choose another",
                    display_path(path), display_path(folder));
    }
    if (::access(folder.c_str(), W_OK | X_OK) != 0) {
        return fail(ErrorCode::BadOutput, "{} can't be written: the folder {} is not writable; choose another",
                    display_path(path), display_path(folder));
    }
    return {};
}

/// Where the longest name of the clip's files lies while they are written.
Result<std::filesystem::path> longest_path(OutputKind kind, const std::filesystem::path& path)
{
    if (kind == OutputKind::PngSequence) return part_path(TRY(FramePattern::parse(path)).frame_path(kHighFrameNumber));
    return kind == OutputKind::Mkv ? part_path(path) : final_part_path(path);
}

Result<void> check_name_length(OutputKind kind, const std::filesystem::path& path)
{
    std::error_code error;
    static_cast<void>(std::filesystem::symlink_status(TRY(longest_path(kind, path)), error));
    if (error != std::errc::filename_too_long) return {};
    return fail(ErrorCode::BadOutput, "{} can't be written: the name is too long; choose a shorter one", display_path(path));
}

/// Some folders take no files although their permissions allow it (/proc): what only trying tells.
Result<void> try_to_write(OutputKind kind, const std::filesystem::path& path)
{
    const auto probe = TRY(longest_path(kind, path));
    const int descriptor = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0 && errno == EEXIST) return {};
    if (descriptor < 0) return check_written(AVERROR(errno == ENOENT ? EPERM : errno), "creating the file", path);
    ::close(descriptor);
    ::unlink(probe.c_str());
    return {};
}

Result<void> check_free_name(const std::filesystem::path& path, Overwrite overwrite)
{
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (std::filesystem::is_directory(status)) {
        return fail(ErrorCode::BadOutput, "{} is a folder; give the name of a file in it", display_path(path));
    }
    if (std::filesystem::exists(status) && overwrite == Overwrite::No) {
        return fail(ErrorCode::BadOutput, "{} exists already; choose another name or allow overwriting", display_path(path));
    }
    return {};
}

Result<void> check_free_names(OutputKind kind, const WriteRequest& request)
{
    if (kind == OutputKind::PngSequence) {
        const FramePattern pattern = TRY(FramePattern::parse(request.path));
        for (const std::int64_t number : pattern.existing_numbers())
            TRY(check_free_name(pattern.frame_path(number), request.overwrite));
        return check_free_name(pattern.sidecar_path(), request.overwrite);
    }
    if (kind == OutputKind::Gif && !request.metadata.empty())
        TRY(check_free_name(gif_sidecar_path(request.path), request.overwrite));
    return check_free_name(request.path, request.overwrite);
}

/// What a clip takes while it is written, for pictures that compress as generated ones do; an MP4 and a GIF are on the disk twice
/// at the end.
double likely_bytes_per_pixel(OutputKind kind)
{
    switch (kind) {
    case OutputKind::Mp4: return 0.1;
    case OutputKind::Mkv: return 1.5;
    case OutputKind::Gif: return 2.0;
    case OutputKind::PngSequence: return 1.5;
    }
    return 0;
}

}  // namespace

Result<void> check_request(OutputKind kind, const WriteRequest& request)
{
    TRY(check_format(kind, request));
    TRY(check_name_length(kind, request.path));
    TRY(check_folder(request.path));
    return check_free_names(kind, request);
}

Result<void> check_output(const std::filesystem::path& path, const VideoFormat& format, std::int64_t frame_count,
                          Overwrite overwrite)
{
    const OutputKind kind = TRY(output_kind(path));
    TRY(check_request(kind, {path, format, {"title", "comment"}, overwrite}));
    TRY(try_to_write(kind, path));
    std::error_code error;
    const auto space =
        std::filesystem::space(path.parent_path().empty() ? std::filesystem::path(".") : path.parent_path(), error);
    const double needed_bytes = likely_bytes_per_pixel(kind) * format.width * format.height * double(frame_count);
    if (error || double(space.available) >= needed_bytes) return {};
    return fail(
        ErrorCode::BadOutput, "{} needs about {}, but only {} are free in its folder; free some space or choose another folder",
        display_path(path), format_byte_size(std::int64_t(needed_bytes)), format_byte_size(std::int64_t(space.available)));
}

}  // namespace headroom::media

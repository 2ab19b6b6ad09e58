#include "core/media/ffmpeg_error.h"

#include <array>
#include <mutex>

#include "core/media/output_path.h"

extern "C" {
#include <libavutil/error.h>
#include <libavutil/log.h>
}

namespace headroom::media {

namespace {

const char* advice_for(int code)
{
    if (code == AVERROR(ENOSPC) || code == AVERROR(EDQUOT)) return "; free some space or choose another folder";
    if (code == AVERROR(EFBIG)) return "; the file would be larger than allowed here, choose another folder";
    if (code == AVERROR(EACCES) || code == AVERROR(EPERM) || code == AVERROR(EROFS)) return "; choose a folder you may write to";
    return "";
}

}  // namespace

std::string ffmpeg_message(int code)
{
    std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
    av_strerror(code, text.data(), text.size());
    return text.data();
}

Result<void> check_written(int code, const char* what, const std::filesystem::path& path)
{
    if (code >= 0) return {};
    return fail(ErrorCode::BadOutput, "{} can't be written: {} failed ({}){}", display_path(path), what, ffmpeg_message(code),
                advice_for(code));
}

Result<void> check_read(int code, const char* what, const std::filesystem::path& path)
{
    if (code >= 0) return {};
    return fail(ErrorCode::BadInput, "{} can't be read: {} failed ({})", display_path(path), what, ffmpeg_message(code));
}

std::string file_url(const std::filesystem::path& path)
{
    return "file:" + path.string();
}

void silence_ffmpeg()
{
    static std::once_flag once;
    std::call_once(once, [] { av_log_set_level(AV_LOG_QUIET); });
}

}  // namespace headroom::media

#include "core/media/output_path.h"

#include <algorithm>
#include <cctype>

#include "core/media/frame_pattern.h"

namespace headroom::media {

namespace {

std::filesystem::path with_appended(std::filesystem::path path, const char* text)
{
    path += text;
    return path;
}

}  // namespace

Result<OutputKind> output_kind(const std::filesystem::path& path)
{
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    if (extension == ".mp4") return OutputKind::Mp4;
    if (extension == ".mkv") return OutputKind::Mkv;
    if (extension == ".gif") return OutputKind::Gif;
    if (extension == ".png") {
        TRY(FramePattern::parse(path));
        return OutputKind::PngSequence;
    }
    return fail(
        ErrorCode::Usage,
        "'{}' has no extension that Headroom writes: use .mp4, .mkv (lossless), .gif or a PNG sequence such as frame-%04d.png",
        display_path(path));
}

std::filesystem::path numbered_output_path(const std::filesystem::path& path, int item)
{
    if (item < 2) return path;
    return path.parent_path() / fmt::format("{}-{}{}", path.stem().string(), item, path.extension().string());
}

std::filesystem::path part_path(const std::filesystem::path& path)
{
    return with_appended(path, ".part");
}

std::filesystem::path final_part_path(const std::filesystem::path& path)
{
    return with_appended(path, ".final.part");
}

std::string display_path(const std::filesystem::path& path)
{
    return path.string();
}

}  // namespace headroom::media

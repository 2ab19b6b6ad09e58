#include "core/media/output_path.h"

#include <algorithm>
#include <cctype>

#include "core/base/utf8.h"
#include "core/media/frame_pattern.h"
#include "core/media/sidecar.h"

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

bool is_same_file(const std::filesystem::path& one, const std::filesystem::path& other)
{
    std::error_code error;
    if (std::filesystem::equivalent(one, other, error)) return true;
    const auto first = std::filesystem::weakly_canonical(std::filesystem::absolute(one, error), error);
    const auto second = std::filesystem::weakly_canonical(std::filesystem::absolute(other, error), error);
    return !error && first == second;
}

bool is_part_of_clip(const std::filesystem::path& file, const std::filesystem::path& clip)
{
    const auto folder_of = [](const std::filesystem::path& path) {
        return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    };
    if (is_same_file(file, clip) || is_same_file(file, gif_sidecar_path(clip))) return true;
    std::error_code ignored;
    if (std::filesystem::is_directory(clip, ignored)) return file.extension() == ".png" && is_same_file(folder_of(file), clip);
    const auto pattern = FramePattern::parse(clip);
    if (!pattern || !is_same_file(folder_of(file), folder_of(clip))) return false;
    return pattern->number_of(file.filename().string()) || file.filename() == pattern->sidecar_path().filename();
}

std::string display_path(const std::filesystem::path& path)
{
    return as_utf8(path.string());
}

}  // namespace headroom::media

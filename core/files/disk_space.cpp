#include "core/files/disk_space.h"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>

#include <unistd.h>

#include "core/base/byte_size.h"
#include "core/files/message_text.h"
#include "core/files/part_file.h"

namespace headroom::files {

namespace {

std::filesystem::path folder_of(const std::filesystem::path& path)
{
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

std::filesystem::path nearest_existing(std::filesystem::path path)
{
    std::error_code error;
    while (!std::filesystem::exists(path, error)) {
        const auto parent = folder_of(path);
        if (parent == path) break;
        path = parent;
    }
    return path;
}

Result<void> check_name(const std::filesystem::path& path, Existing existing)
{
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (path.empty() || !path.has_filename()) return fail(ErrorCode::BadOutput, "'{}' is not the name of a file", shown(path));
    if (std::filesystem::is_directory(status)) return fail(ErrorCode::BadOutput, "{} is a folder: give a file name", shown(path));
    if (!std::filesystem::exists(status)) return {};
    if (!std::filesystem::is_regular_file(status))
        return fail(ErrorCode::BadOutput, "{} is not a regular file and is not replaced", shown(path));
    if (existing == Existing::Refuse)
        return fail(ErrorCode::BadOutput, "{} exists already: choose another name or allow overwriting", shown(path));
    return {};
}

Result<void> check_folder(const std::filesystem::path& path)
{
    const auto folder = folder_of(path);
    std::error_code error;
    const auto status = std::filesystem::status(folder, error);
    if (!std::filesystem::exists(status)) {
        return fail(ErrorCode::BadOutput, "{} can't be written: the folder {} does not exist", shown(path), shown(folder));
    }
    if (!std::filesystem::is_directory(status)) {
        return fail(ErrorCode::BadOutput, "{} can't be written: {} is not a folder", shown(path), shown(folder));
    }
    if (::access(folder.c_str(), W_OK | X_OK) != 0) {
        return fail(ErrorCode::BadOutput, "{} can't be written into the folder {}: {}", shown(path.filename()), shown(folder),
                    system_message(errno));
    }
    return {};
}

}  // namespace

Result<std::int64_t> free_bytes(const std::filesystem::path& path)
{
    std::error_code error;
    const auto space = std::filesystem::space(nearest_existing(path), error);
    if (error) return fail(ErrorCode::BadOutput, "the free space for {} can't be found out: {}", shown(path), error.message());
    return std::int64_t(std::min<std::uintmax_t>(space.available, std::uintmax_t(std::numeric_limits<std::int64_t>::max())));
}

Result<void> check_writable_output(const std::filesystem::path& path, std::int64_t needed_bytes, Existing existing)
{
    TRY(check_name(path, existing));
    TRY(check_folder(path));
    TRY(PartFile::create(path));  // what only trying tells: a name that is too long, a folder that takes no files
    const std::int64_t free = TRY(free_bytes(path));
    if (free < needed_bytes) {
        return fail(ErrorCode::BadOutput, "not enough disk space for {}: about {} are needed, {} are free", shown(path),
                    format_byte_size(needed_bytes), format_byte_size(free));
    }
    return {};
}

}  // namespace headroom::files

#include "core/files/part_file.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/files/message_text.h"

namespace headroom::files {

namespace {

constexpr mode_t kFileMode = 0666;  // less the person's umask

/// Follows a final path that is a link, so that the file it leads to is replaced and not the link.
std::filesystem::path resolved(const std::filesystem::path& path)
{
    std::error_code error;
    if (!std::filesystem::is_symlink(path, error)) return path;
    auto target = std::filesystem::canonical(path, error);
    return error ? path : target;
}

/// Whether the descriptor is still what the path names: between opening and locking, its last writer may have renamed it.
bool is_file_at(int descriptor, const std::filesystem::path& path)
{
    struct stat opened = {};
    struct stat named = {};
    return ::fstat(descriptor, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 && S_ISREG(opened.st_mode) &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

tl::unexpected<Error> open_failure(const std::filesystem::path& path, const std::filesystem::path& final_path, int error_number)
{
    if (error_number != ENOENT) return write_failure(path, error_number);
    std::error_code ignored;
    const bool is_there = std::filesystem::is_directory(final_path.has_parent_path() ? final_path.parent_path() : ".", ignored);
    return fail(ErrorCode::BadOutput, "{} can't be written: its folder {}", shown(path),
                is_there ? "takes no new files; choose another" : "does not exist");
}

}  // namespace

PartFile::PartFile(std::filesystem::path final_path, std::filesystem::path part_path, OpenFile file)
    : m_final_path(std::move(final_path)), m_part_path(std::move(part_path)), m_file(std::move(file))
{
}

PartFile& PartFile::operator=(PartFile&& other) noexcept
{
    std::swap(m_final_path, other.m_final_path);
    std::swap(m_part_path, other.m_part_path);
    std::swap(m_file, other.m_file);
    return *this;
}

PartFile::~PartFile()
{
    discard();
}

void PartFile::discard()
{
    if (!m_file.is_open()) return;
    ::unlink(m_part_path.c_str());
    m_file.close();
}

Result<PartFile> PartFile::create(const std::filesystem::path& path)
{
    const auto final_path = resolved(path);
    auto part_path = final_path;
    part_path += ".part";
    std::error_code error;
    const auto status = std::filesystem::status(final_path, error);
    if (std::filesystem::is_directory(status)) return fail(ErrorCode::BadOutput, "{} is a folder: give a file name", shown(path));
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
        return fail(ErrorCode::BadOutput, "{} is not a regular file and is not replaced", shown(path));
    }
    OpenFile file(::open(part_path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, kFileMode));
    if (!file.is_open()) return open_failure(path, final_path, errno);
    // File systems without locks answer with another error: there, nothing is known against going on.
    const bool is_taken = ::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (is_taken || !is_file_at(file.descriptor(), part_path)) {
        return fail(ErrorCode::BadOutput, "{} is being written by another program, or is not a regular file", shown(part_path));
    }
    PartFile part(final_path, std::move(part_path), std::move(file));
    if (::ftruncate(part.m_file.descriptor(), 0) != 0) return write_failure(path, errno);
    return part;
}

Result<void> PartFile::write(std::span<const std::byte> bytes)
{
    return m_file.write(bytes, m_final_path);
}

Result<void> PartFile::commit()
{
    // The lock lives as long as the descriptor, so the rename comes before the closing.
    Result<void> stored = m_file.sync(m_final_path);
    if (stored && ::rename(m_part_path.c_str(), m_final_path.c_str()) != 0) stored = write_failure(m_final_path, errno);
    if (!stored) {
        discard();
        return stored;
    }
    m_file.close();
    sync_folder(m_final_path.has_parent_path() ? m_final_path.parent_path() : std::filesystem::path("."));
    return {};
}

}  // namespace headroom::files

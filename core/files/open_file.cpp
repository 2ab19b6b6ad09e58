#include "core/files/open_file.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "core/files/message_text.h"

namespace headroom::files {

OpenFile::OpenFile(OpenFile&& other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept
{
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

OpenFile::~OpenFile()
{
    close();
}

void OpenFile::close()
{
    if (m_descriptor >= 0) ::close(std::exchange(m_descriptor, -1));
}

Result<void> OpenFile::write(std::span<const std::byte> bytes, const std::filesystem::path& path)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(m_descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return write_failure(path, errno);
        if (written == 0) return write_failure(path, ENOSPC);
        bytes = bytes.subspan(std::size_t(written));
    }
    return {};
}

Result<void> OpenFile::sync(const std::filesystem::path& path)
{
    if (::fsync(m_descriptor) == 0 || errno == EINVAL || errno == ENOTSUP) return {};
    return write_failure(path, errno);
}

bool is_stream(const std::filesystem::path& path)
{
    std::error_code ignored;
    const auto status = std::filesystem::status(path, ignored);
    if (std::filesystem::is_directory(status) || !std::filesystem::exists(status)) return false;
    return !std::filesystem::is_regular_file(status) || path.parent_path() == "/dev";
}

tl::unexpected<Error> write_failure(const std::filesystem::path& path, int error_number)
{
    if (error_number == ENOSPC)
        return fail(ErrorCode::BadOutput, "{} can't be written: the disk is full; free space or choose another folder",
                    shown(path));
    if (error_number == EDQUOT) return fail(ErrorCode::BadOutput, "{} can't be written: your disk quota is used up", shown(path));
    if (error_number == EFBIG)
        return fail(ErrorCode::BadOutput, "{} can't be written: it would be larger than files may be here", shown(path));
    return fail(ErrorCode::BadOutput, "{} can't be written: {}", shown(path), system_message(error_number));
}

void sync_folder(const std::filesystem::path& folder)
{
    const OpenFile opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.is_open()) ::fsync(opened.descriptor());
}

}  // namespace headroom::files

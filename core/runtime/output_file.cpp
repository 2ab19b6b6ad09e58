#include "core/runtime/output_file.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "core/files/message_text.h"

namespace headroom::runtime {

namespace fs = std::filesystem;

namespace {

tl::unexpected<Error> write_failure(const fs::path& path, int error_number)
{
    if (error_number == ENOSPC) return fail(ErrorCode::BadOutput, "{} can't be written: the disk is full; free space or choose another folder", files::shown(path));
    if (error_number == EDQUOT) return fail(ErrorCode::BadOutput, "{} can't be written: your disk quota is used up", files::shown(path));
    if (error_number == EFBIG) return fail(ErrorCode::BadOutput, "{} can't be written: it would be larger than files may be here", files::shown(path));
    return fail(ErrorCode::BadOutput, "{} can't be written: {}", files::shown(path), files::system_message(error_number));
}

}  // namespace

OutputFile::OutputFile(fs::path path, int descriptor, std::int64_t size_bytes)
    : m_path(std::move(path)), m_descriptor(descriptor), m_size_bytes(size_bytes)
{
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : m_path(std::move(other.m_path)), m_descriptor(std::exchange(other.m_descriptor, -1)), m_size_bytes(other.m_size_bytes)
{
}

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept
{
    std::swap(m_path, other.m_path);
    std::swap(m_descriptor, other.m_descriptor);
    std::swap(m_size_bytes, other.m_size_bytes);
    return *this;
}

OutputFile::~OutputFile()
{
    if (m_descriptor >= 0) ::close(m_descriptor);
}

Result<OutputFile> OutputFile::open(const fs::path& path)
{
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (descriptor < 0) return write_failure(path, errno);
    const off_t size = ::lseek(descriptor, 0, SEEK_END);
    return OutputFile(path, descriptor, std::int64_t(size));
}

Result<void> OutputFile::append(std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(m_descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return write_failure(m_path, errno);
        m_size_bytes += written;
        bytes = bytes.subspan(std::size_t(written));
    }
    return {};
}

Result<void> OutputFile::clear()
{
    if (::ftruncate(m_descriptor, 0) != 0 || ::lseek(m_descriptor, 0, SEEK_SET) != 0) return write_failure(m_path, errno);
    m_size_bytes = 0;
    return {};
}

Result<void> OutputFile::sync()
{
    if (::fsync(m_descriptor) != 0) return write_failure(m_path, errno);
    return {};
}

Result<void> make_folder(const fs::path& path)
{
    std::error_code error;
    fs::create_directories(path, error);
    if (error) return fail(ErrorCode::BadOutput, "the folder {} can't be made: {}", files::shown(path), error.message());
    return {};
}

Result<void> remove_tree(const fs::path& path)
{
    std::error_code error;
    fs::remove_all(path, error);
    if (error) return fail(ErrorCode::BadOutput, "{} can't be removed: {}", files::shown(path), error.message());
    return {};
}

void sync_folder(const fs::path& path)
{
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

}  // namespace headroom::runtime

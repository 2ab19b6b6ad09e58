#include "core/runtime/output_file.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "core/files/message_text.h"

namespace headroom::runtime {

namespace fs = std::filesystem;

OutputFile::OutputFile(fs::path path, files::OpenFile file, std::int64_t size_bytes)
    : m_path(std::move(path)), m_file(std::move(file)), m_size_bytes(size_bytes)
{
}

Result<OutputFile> OutputFile::open(const fs::path& path)
{
    files::OpenFile file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (!file.is_open()) return files::write_failure(path, errno);
    const off_t size_bytes = ::lseek(file.descriptor(), 0, SEEK_END);
    return OutputFile(path, std::move(file), std::int64_t(size_bytes));
}

Result<void> OutputFile::append(std::span<const std::byte> bytes)
{
    const Result<void> written = m_file.write(bytes, m_path);
    m_size_bytes = std::int64_t(::lseek(m_file.descriptor(), 0, SEEK_CUR));  // a write that failed may have left a part
    return written;
}

Result<void> OutputFile::clear()
{
    if (::ftruncate(m_file.descriptor(), 0) != 0 || ::lseek(m_file.descriptor(), 0, SEEK_SET) != 0)
        return files::write_failure(m_path, errno);
    m_size_bytes = 0;
    return {};
}

Result<void> OutputFile::sync()
{
    return m_file.sync(m_path);
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

}  // namespace headroom::runtime

#include "core/files/mapped_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/files/message_text.h"

namespace headroom::files {

namespace {

class Descriptor {
public:
    explicit Descriptor(int number) : m_number(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (m_number >= 0) ::close(m_number);
    }
    int get() const { return m_number; }

private:
    int m_number;
};

std::string why_not_opened(const std::filesystem::path& path, int error_number)
{
    std::error_code ignored;
    if (error_number == ENOENT && std::filesystem::is_symlink(path, ignored)) {
        return "is a link to a file that does not exist: the download is incomplete";
    }
    if (error_number == ENOENT) return "does not exist";
    return fmt::format("can't be opened: {}", system_message(error_number));
}

/// Passes the pages that the range touches to madvise; the advice is only that, so its failure changes nothing.
void advise(std::span<const std::byte> file, std::span<const std::byte> range, int advice)
{
    const auto file_begin = reinterpret_cast<std::uintptr_t>(file.data());
    const auto file_end = file_begin + file.size();
    const auto range_begin = reinterpret_cast<std::uintptr_t>(range.data());
    const auto range_end = range_begin + range.size();
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = std::max(file_begin, range_begin) / page * page;
    const auto end = std::min(file_end, range_end);
    if (begin < end && range_end > file_begin) ::madvise(reinterpret_cast<void*>(begin), end - begin, advice);
}

}  // namespace

MappedFile::MappedFile(std::filesystem::path path, std::span<const std::byte> bytes) : m_path(std::move(path)), m_bytes(bytes) {}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : m_path(std::move(other.m_path)), m_bytes(std::exchange(other.m_bytes, std::span<const std::byte>{}))
{
}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept
{
    std::swap(m_path, other.m_path);
    std::swap(m_bytes, other.m_bytes);
    return *this;
}

MappedFile::~MappedFile()
{
    if (!m_bytes.empty()) ::munmap(const_cast<std::byte*>(m_bytes.data()), m_bytes.size());
}

Result<MappedFile> MappedFile::open(const std::filesystem::path& path, ErrorCode code)
{
    // Without O_NONBLOCK the opening of a pipe would wait for its writer.
    const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (descriptor.get() < 0) return fail(code, "{} {}", shown(path), why_not_opened(path, errno));
    struct stat status = {};
    if (::fstat(descriptor.get(), &status) != 0) return fail(code, "{} can't be read: {}", shown(path), system_message(errno));
    if (S_ISDIR(status.st_mode)) return fail(code, "{} is a folder, not a file", shown(path));
    if (!S_ISREG(status.st_mode)) return fail(code, "{} is not a regular file", shown(path));
    if (status.st_size == 0) return MappedFile(path, {});
    const auto size_bytes = static_cast<std::size_t>(status.st_size);
    void* address = ::mmap(nullptr, size_bytes, PROT_READ, MAP_PRIVATE, descriptor.get(), 0);
    if (address == MAP_FAILED) return fail(code, "{} can't be mapped into memory: {}", shown(path), system_message(errno));
    return MappedFile(path, {static_cast<const std::byte*>(address), size_bytes});
}

void MappedFile::advise_sequential() const
{
    advise(m_bytes, m_bytes, MADV_SEQUENTIAL);
}

void MappedFile::will_need(std::span<const std::byte> range) const
{
    // Linux reads one read-ahead window of a piece of advice, however large the range: 8 of 400 MiB in a measurement, all of them
    // in pieces.
    constexpr std::size_t kPieceBytes = 128 << 10;
    for (; !range.empty(); range = range.subspan(std::min(kPieceBytes, range.size()))) {
        advise(m_bytes, range.first(std::min(kPieceBytes, range.size())), MADV_WILLNEED);
    }
}

void MappedFile::dont_need(std::span<const std::byte> range) const
{
    advise(m_bytes, range, MADV_DONTNEED);
}

}  // namespace headroom::files

#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "core/base/result.h"

namespace headroom::files {

/// A regular file mapped read-only into memory for as long as the object lives. Movable; spans into it stay valid across moves.
/// Any thread may read. A file that another program cuts short while it is mapped can't be guarded against: reading the part
/// that is gone ends the process (SIGBUS).
class MappedFile {
public:
    /// Maps the whole file; an empty file gives an empty span. Follows links.
    /// Errors: `code`, when it does not exist, is no regular file (a folder, a pipe), may not be read or can't be mapped.
    static Result<MappedFile> open(const std::filesystem::path& path, ErrorCode code = ErrorCode::BadModel);

    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    std::span<const std::byte> bytes() const { return m_bytes; }
    const std::filesystem::path& path() const { return m_path; }

    /// Tells the system that the file will be read from front to back: read far ahead.
    void advise_sequential() const;
    /// Asks the system to start reading the pages of this part now; returns at once. What lies outside the file is ignored.
    void will_need(std::span<const std::byte> range) const;
    /// Drops the pages of this part from the process's resident memory; a later read fetches them again, with the same content.
    void dont_need(std::span<const std::byte> range) const;

private:
    MappedFile(std::filesystem::path path, std::span<const std::byte> bytes);

    std::filesystem::path m_path;
    std::span<const std::byte> m_bytes;
};

}  // namespace headroom::files

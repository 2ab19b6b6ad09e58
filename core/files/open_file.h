#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "core/base/result.h"

namespace headroom::files {

/// Owns an open file's descriptor; -1 is none. One thread uses it.
class OpenFile {
public:
    OpenFile() = default;
    explicit OpenFile(int descriptor) : m_descriptor(descriptor) {}
    OpenFile(OpenFile&& other) noexcept;
    OpenFile& operator=(OpenFile&& other) noexcept;
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile();

    int descriptor() const { return m_descriptor; }
    bool is_open() const { return m_descriptor >= 0; }
    void close();

    /// Writes all of the bytes. Errors: BadOutput, naming `path`, when the disk is full, a quota or limit is reached, or the
    /// device fails.
    Result<void> write(std::span<const std::byte> bytes, const std::filesystem::path& path);
    /// Brings the content to the disk; a file system that can't (EINVAL on some network mounts) is no failure. Errors: BadOutput.
    Result<void> sync(const std::filesystem::path& path);

private:
    int m_descriptor = -1;
};

/// Whether the path leads to something that is written into and never replaced: a pipe, a device, or whatever /dev/stdout stands
/// for.
bool is_stream(const std::filesystem::path& path);

/// The sentence for an `errno` of a write to `path`.
tl::unexpected<Error> write_failure(const std::filesystem::path& path, int error_number);
/// Brings a folder's entries to the disk where the system can do that.
void sync_folder(const std::filesystem::path& folder);

}  // namespace headroom::files

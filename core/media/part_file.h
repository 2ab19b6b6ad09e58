#pragma once

#include <filesystem>

#include "core/base/result.h"
#include "core/media/video_writer.h"

namespace headroom::media {

/// A file while it is made: removed by the destructor unless it was published or kept.
class PartFile {
public:
    explicit PartFile(std::filesystem::path path) : m_path(std::move(path)) {}
    PartFile(PartFile&& other) noexcept : m_path(std::exchange(other.m_path, {})) {}
    PartFile& operator=(PartFile&&) = delete;
    ~PartFile() { remove(); }

    const std::filesystem::path& path() const { return m_path; }

    /// Brings the file to the disk (fsync) and gives it its final name in one step. With Overwrite::No a file that has appeared
    /// there meanwhile is left alone. Errors: BadOutput; the file then still is a part.
    Result<void> publish(const std::filesystem::path& final_path, Overwrite overwrite);

    /// Leaves the file where it is for good.
    void keep() { m_path.clear(); }

private:
    void remove();

    std::filesystem::path m_path;
};

/// Writes a small file whole. Errors: BadOutput with the system's words.
Result<void> write_whole_file(const std::filesystem::path& path, const void* bytes, std::size_t size_bytes);

}  // namespace headroom::media

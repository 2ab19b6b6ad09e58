#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "core/base/result.h"
#include "core/files/open_file.h"

namespace headroom::runtime {

/// A file that grows at its end and stays when this is destroyed, so that a later run can go on with it.
class OutputFile {
public:
    /// Opens it at its end, or makes it. Errors: BadOutput.
    static Result<OutputFile> open(const std::filesystem::path& path);

    std::int64_t size_bytes() const { return m_size_bytes; }
    const std::filesystem::path& path() const { return m_path; }

    /// Errors: BadOutput, when the disk is full, a quota or limit is reached, or the device fails.
    Result<void> append(std::span<const std::byte> bytes);
    /// Throws away what is there.
    Result<void> clear();
    /// Brings it to the disk.
    Result<void> sync();

private:
    OutputFile(std::filesystem::path path, files::OpenFile file, std::int64_t size_bytes);

    std::filesystem::path m_path;
    files::OpenFile m_file;
    std::int64_t m_size_bytes = 0;
};

/// Makes a folder and its parents. Errors: BadOutput.
Result<void> make_folder(const std::filesystem::path& path);
/// Removes a folder with all that is in it, or a file; what is not there is no error. Errors: BadOutput.
Result<void> remove_tree(const std::filesystem::path& path);

}  // namespace headroom::runtime

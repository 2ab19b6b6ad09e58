#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "core/base/result.h"
#include "core/files/open_file.h"

namespace headroom::files {

/// A file being written under `<final path>.part`, which gets its final name only when it is whole: a failure, a cancelled run or
/// a crash never leaves half a file under the final name. Destroyed without commit(), it removes the part. One thread uses it.
class PartFile {
public:
    /// Opens the part, replacing one that an interrupted run left. A final path that is a link stands for the file it leads to.
    /// Errors: BadOutput, when the folder is missing or not writable, the final path is a folder or no regular file, or another
    /// program is writing the same part.
    static Result<PartFile> create(const std::filesystem::path& final_path);

    PartFile(PartFile&& other) noexcept = default;
    PartFile& operator=(PartFile&& other) noexcept;
    ~PartFile();

    /// Appends all of the bytes. Errors: BadOutput, when the disk is full, a quota or size limit is reached, or the device fails.
    Result<void> write(std::span<const std::byte> bytes);
    /// Brings the content to the disk and gives the file its final name, replacing a file of that name. Nothing may be written
    /// afterwards. Errors: BadOutput; the part is then removed and an older file of the final name is untouched.
    Result<void> commit();

    const std::filesystem::path& final_path() const { return m_final_path; }
    const std::filesystem::path& part_path() const { return m_part_path; }

private:
    PartFile(std::filesystem::path final_path, std::filesystem::path part_path, OpenFile file);
    void discard();

    std::filesystem::path m_final_path;
    std::filesystem::path m_part_path;
    OpenFile m_file;
};

}  // namespace headroom::files

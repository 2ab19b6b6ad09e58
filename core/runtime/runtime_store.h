#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/base/result.h"
#include "core/runtime/runtime_manifest.h"

namespace headroom::runtime {

/// The folder of the GPU runtime. In it:
///   <tree name>/           a whole runtime: it gets this name only when everything in it has been checked
///   staging-<tree name>/   one being put together; a later run goes on with it
///   downloads/             wheels on their way
///   lock                   held by who writes
/// Nothing else in the folder is ever touched.
struct RuntimeState {
    bool installed = false;                     ///< The manifest's runtime is there, whole.
    bool damaged = false;                       ///< It is there, but files are missing or have other sizes.
    std::filesystem::path dir;                  ///< Where it is or would be.
    std::int64_t missing_download_bytes = 0;    ///< What an installation would still fetch.
    std::int64_t missing_disk_bytes = 0;        ///< What an installation would still need on the disk at its largest moment.
    std::vector<std::filesystem::path> others;  ///< Runtimes of other versions.
};

/// Looks only at names and sizes; takes no lock.
RuntimeState inspect_runtime(const std::filesystem::path& root, const RuntimeManifest& manifest);

/// Whether all of a wheel's files lie below the folder with their sizes.
bool has_files(const std::filesystem::path& dir, const PinnedWheel& wheel);

/// Whether another run marked this wheel as unpacked in the staging folder, and its files are there.
bool is_unpacked(const std::filesystem::path& staging, const PinnedWheel& wheel);

/// The right to write in the folder; one at a time over all processes, given back when this is destroyed or the process ends.
class RuntimeLock {
public:
    /// Makes the folder where it is missing. Errors: BadOutput, when it can't be written or another program writes in it.
    static Result<RuntimeLock> take(const std::filesystem::path& root);

    RuntimeLock(RuntimeLock&& other) noexcept;
    RuntimeLock& operator=(RuntimeLock&& other) noexcept;
    RuntimeLock(const RuntimeLock&) = delete;
    RuntimeLock& operator=(const RuntimeLock&) = delete;
    ~RuntimeLock();

private:
    explicit RuntimeLock(int descriptor) : m_descriptor(descriptor) {}

    int m_descriptor = -1;
};

/// Removes every runtime in the folder and what is left of unfinished ones, then the folder if nothing else is in it.
/// Errors: BadOutput.
Result<void> remove_runtime(const std::filesystem::path& root);

/// Removes runtimes, staging folders and downloads except those of `keep_name` (a tree name); for who holds the lock.
Result<void> remove_others(const std::filesystem::path& root, const std::string& keep_name);

}  // namespace headroom::runtime

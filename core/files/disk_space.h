#pragma once

#include <cstdint>
#include <filesystem>

#include "core/base/result.h"

namespace headroom::files {

/// What to do with a file that already has the name of an output.
enum class Existing {
    Refuse,
    Replace,
};

/// Bytes that this user may still write on the disk that holds the path, or would hold it: the nearest existing parent counts.
/// Errors: BadOutput, when the disk can't be asked.
Result<std::int64_t> free_bytes(const std::filesystem::path& path);

/// Checks before any work that a file of about `needed_bytes` can be written to the path: its folder exists and is writable, it
/// is no folder or device, it is not there already unless it may be replaced, its name is not too long, and the disk has room.
/// Leaves no trace. Errors: BadOutput, one sentence.
Result<void> check_writable_output(const std::filesystem::path& path, std::int64_t needed_bytes, Existing existing);

}  // namespace headroom::files

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>

#include "core/base/result.h"
#include "core/runtime/runtime_manifest.h"

namespace headroom::runtime {

/// Unpacks the files of a wheel that the manifest names below `target_dir`, each brought to the disk and held against its size
/// there; nothing else of the wheel is written. `on_bytes` hears how many bytes came out since it was last called. Errors:
/// BadInput, when the wheel can't be read or lacks one of them; BadOutput, when the disk is full; Cancelled.
Result<void> unpack_wheel(const std::filesystem::path& wheel, const PinnedWheel& pinned, const std::filesystem::path& target_dir,
                          const std::function<void(std::int64_t)>& on_bytes, std::stop_token stop);

}  // namespace headroom::runtime

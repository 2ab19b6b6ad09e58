#pragma once

#include <filesystem>

#include "core/base/result.h"
#include "core/runtime/pip_settings.h"

namespace headroom::runtime {

/// The folder of this person's GPU runtime: HEADROOM_GPU_RUNTIME, else the one that was chosen (kept in
/// `XDG_CONFIG_HOME/headroom/gpu-runtime-folder`), else `XDG_DATA_HOME/headroom/gpu-runtime`.
std::filesystem::path runtime_folder(const Environment& environment);

/// Remembers the folder for the next time; the default's folder needs no remembering. Errors: BadOutput.
Result<void> remember_runtime_folder(const Environment& environment, const std::filesystem::path& folder);

/// Where a runtime is put when the person chooses a folder: in one of its own below it, so that nothing of theirs is mixed with
/// it.
std::filesystem::path runtime_folder_below(const std::filesystem::path& chosen);

}  // namespace headroom::runtime

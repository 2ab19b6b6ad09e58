#pragma once

#include "core/engine/engine.h"

namespace headroom::app {

/// Where this installation's files lie, from the executable's own place: `../share/headroom` and
/// `../lib/headroom`, in the build tree as installed; state below XDG_STATE_HOME.
EnginePaths installation_paths();

/// What the GPU runtime of this version consists of.
std::filesystem::path gpu_runtime_manifest();

}  // namespace headroom::app

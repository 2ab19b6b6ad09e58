#pragma once

#include "core/engine/engine.h"

namespace headroom::app {

/// Where this installation's files lie, from the executable's own place: `../share/headroom/demo_model`, modules beside the executable;
/// state below XDG_STATE_HOME.
EnginePaths installation_paths();

}  // namespace headroom::app

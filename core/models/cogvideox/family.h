#pragma once

#include "core/models/registry.h"

namespace headroom::models::cogvideox {

/// CogVideoX 1.0 and 1.5 text-to-video: `CogVideoXPipeline` folders.
ModelFamily family();

}  // namespace headroom::models::cogvideox

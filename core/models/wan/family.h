#pragma once

#include "core/models/registry.h"

namespace headroom::models::wan {

/// Wan 2.1 text-to-video: `WanPipeline` folders with one transformer.
ModelFamily family();

}  // namespace headroom::models::wan

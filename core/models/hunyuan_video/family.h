#pragma once

#include "core/models/registry.h"

namespace headroom::models::hunyuan_video {

/// HunyuanVideo text-to-video: `HunyuanVideoPipeline` folders.
ModelFamily family();

}  // namespace headroom::models::hunyuan_video

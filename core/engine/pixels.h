#pragma once

#include <vector>

#include "core/base/rgb_frame.h"
#include "core/tensor/tensor.h"

namespace headroom {

/// Decoded frames as pictures: [1, 3, frames, height, width] in [-1, 1], any float dtype, any device. Pixels are rounded to
/// nearest: round((clamp(x, -1, 1) + 1) * 127.5).
std::vector<RgbFrame> to_rgb_frames(const Tensor& frames);

}  // namespace headroom

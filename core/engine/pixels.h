#pragma once

#include <vector>

#include "core/base/rgb_frame.h"
#include "core/tensor/tensor.h"

namespace headroom {

/// Decoded frames as bytes: [1, 3, frames, height, width] in [-1, 1], any float dtype → [frames, height, width, 3], uint8, on the
/// same device, rounded as below.
Tensor rgb_bytes(const Tensor& frames);

/// Decoded frames as pictures: [1, 3, frames, height, width] in [-1, 1], any float dtype, any device. Pixels are rounded to
/// nearest: round((clamp(x, -1, 1) + 1) * 127.5).
std::vector<RgbFrame> to_rgb_frames(const Tensor& frames);

/// A picture as models take it: [1, 3, 1, height, width] in [-1, 1], float32, in the computer's memory: 2 · (value / 255) - 1.
Tensor to_pixels(const RgbFrame& frame);

}  // namespace headroom

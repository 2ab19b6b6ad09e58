#pragma once

#include <vector>

#include "core/base/rgb_frame.h"
#include "core/models/video_model.h"

namespace headroom {

/// Latents of one moment as a picture by a linear map, computed on the CPU (where dry runs count it). latents: [channels, height,
/// width], normalised, any device → [1, 3, 1, height, width] in about [-1, 1].
Tensor preview_rgb(const Tensor& latents, const models::LatentRgb& latent_rgb);

/// Pictures of latents by a linear map, on the CPU. latents: [channels, frames, height, width], normalised, any device.
/// At most 16 pictures, spread evenly over the clip, one pixel a latent position.
std::vector<RgbFrame> preview_frames(const Tensor& latents, const models::LatentRgb& latent_rgb);

}  // namespace headroom

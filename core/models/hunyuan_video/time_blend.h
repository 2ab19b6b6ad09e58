#pragma once

#include "core/tensor/tensor.h"

namespace headroom::models::hunyuan_video {

/// The first frames of a tile fade in over the last ones of the tile before it, as many as both have: blend_t of diffusers 0.42.1
/// (models/autoencoders/autoencoder_kl_hunyuan_video.py). tile: [frames, ...], changed in place; before: [frames, ...], the
/// frames to fade from. Blended in float32, frame by frame.
void fade_in_frames(Tensor& tile, const Tensor& before);

}  // namespace headroom::models::hunyuan_video

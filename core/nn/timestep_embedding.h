#pragma once

#include <cstdint>

#include "core/tensor/tensor.h"

namespace headroom::nn {

/// The sinusoidal embedding of one timestep: cos(t · f) then sin(t · f), with f = 10000^(-i / half) for i < half = channels /
/// 2; an odd last channel is 0. → [1, channels], float32, computed in float32 on the given device. Source: diffusers 0.42.1,
/// embeddings.py, get_timestep_embedding with flip_sin_to_cos and downscale_freq_shift 0.
Tensor timestep_embedding(double timestep, std::int64_t channels, at::Device device);

}  // namespace headroom::nn

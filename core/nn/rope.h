#pragma once

#include <cstdint>
#include <span>

#include "core/tensor/tensor.h"

namespace headroom::nn {

/// One axis of a rotary position embedding: how many positions it has here, and how many channels of a head turn with it (even).
struct RotaryAxis {
    std::int64_t positions = 0;
    std::int64_t channels = 0;
};

/// The rotations of a grid of tokens, the last axis running fastest: entry [token, c] is exp(i · position · theta^(-2c /
/// channels)) with the axis's own position and channels, the axes one after the other. Angles, sines and cosines are computed
/// in float64 on the CPU and rounded to float32 once. → [tokens, head_dim / 2], complex64, on `device`. Source: diffusers 0.42.1,
/// embeddings.py, get_1d_rotary_pos_embed (float64) and transformer_wan.py, WanRotaryPosEmbed.
Tensor rotary_table(std::span<const RotaryAxis> axes, at::Device device = at::kCPU, double theta = 10000.0);

/// Turns each interleaved pair (x[2c], x[2c + 1]) of every head by the token's rotation, in place, in float32, rounded once
/// to x's dtype. x: [batch, tokens, heads, head_dim], contiguous; table: [tokens, head_dim / 2], complex64, on x's device.
void rotate_in_place(Tensor& x, const Tensor& table);

}  // namespace headroom::nn

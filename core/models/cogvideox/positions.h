#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "core/models/cogvideox/transformer_config.h"
#include "core/tensor/tensor.h"

namespace headroom::models::cogvideox {

/// Tokens of a clip along time, height and width; the last axis runs fastest.
struct TokenGrid {
    std::int64_t frames = 0;
    std::int64_t rows = 0;
    std::int64_t columns = 0;

    std::int64_t per_frame() const { return rows * columns; }
    std::int64_t tokens() const { return frames * per_frame(); }
    bool operator==(const TokenGrid&) const = default;
};

/// A region of a base grid: from (first) up to, not including (second).
struct CropRegion {
    std::array<std::int64_t, 2> rows{};
    std::array<std::int64_t, 2> columns{};
};

/// Where a grid of this shape lies when it is scaled to fill the base grid and centred there: the coordinates that
/// CogVideoX 1.0's rotary positions run over, so that any size of picture has positions the model knows. Source: diffusers
/// 0.42.1, pipeline_cogvideox.py, get_resize_crop_region_for_grid.
CropRegion crop_region(const TokenGrid& grid, std::int64_t base_rows, std::int64_t base_columns);

/// The rotations of every token of a grid: [tokens, head_dim / 2], complex64, on `device`: a quarter of a head's channels turns
/// with time, the rest in halves with height and width. Computed in float32 on the CPU, as the reference does. CogVideoX 1.0
/// scales the grid into the base grid, 1.5 counts positions from 0. Source: diffusers 0.42.1, embeddings.py,
/// get_3d_rotary_pos_embed.
Tensor rotary_positions(const TransformerConfig& config, const TokenGrid& grid, at::Device device);

/// The sines that are added to the tokens: those of time, [frames, dim / 4], for the first quarter of the channels, and those of
/// the place, [rows · columns, 3 dim / 4]; computed in float64 on the CPU and rounded once to `dtype`. Source: diffusers 0.42.1,
/// embeddings.py, get_3d_sincos_pos_embed.
struct SinePositions {
    Tensor of_time;
    Tensor of_place;
};
SinePositions sine_positions(const TransformerConfig& config, const TokenGrid& grid, at::ScalarType dtype, at::Device device);

}  // namespace headroom::models::cogvideox

#include "core/models/cogvideox/positions.h"

#include <cmath>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/view_as_complex.h>

#include "core/tensor/dry_run.h"

namespace headroom::models::cogvideox {

namespace {

constexpr double kTheta = 10000.0;

at::Device host_of(at::Device device)
{
    return device.is_meta() ? device : at::Device(at::kCPU);
}

at::TensorOptions on_host(at::Device device, at::ScalarType dtype)
{
    return at::TensorOptions().dtype(dtype).device(host_of(device));
}

/// Rotations of one axis: positions [n] in float32, channels even → [n, channels / 2], complex64.
Tensor turn(const Tensor& positions, std::int64_t channels)
{
    const Tensor exponents = at::arange(0, channels, 2, positions.options()).div_(double(channels));
    const Tensor angles = at::outer(positions, at::pow(kTheta, exponents).reciprocal_());
    return at::view_as_complex(at::stack({angles.cos(), angles.sin()}, -1));
}

/// Positions of one axis of 1.0, whose grid of `count` fills the region [from, to) of the base grid.
Tensor scaled_positions(const std::array<std::int64_t, 2>& region, std::int64_t count, at::Device device)
{
    if (device.is_meta()) return at::empty({count}, on_host(device, at::kFloat));
    const double end = double(region[1] * (count - 1)) / double(count);
    return at::linspace(double(region[0]), end, count, on_host(device, at::kFloat));
}

/// [positions] float32 → sines then cosines, [positions, channels], float64.
Tensor waves(const Tensor& positions, std::int64_t channels)
{
    const std::int64_t half = channels / 2;
    const Tensor exponents = at::arange(half, positions.options().dtype(at::kDouble)).div_(double(channels) / 2.0);
    const Tensor angles = at::outer(positions.to(at::kDouble), at::pow(kTheta, exponents).reciprocal_());
    return at::cat({angles.sin(), angles.cos()}, 1);
}

}  // namespace

CropRegion crop_region(const TokenGrid& grid, std::int64_t base_rows, std::int64_t base_columns)
{
    const double rows = double(grid.rows);
    const double columns = double(grid.columns);
    // Halves go to the even neighbour, as Python rounds.
    const auto rounded = [](double value) { return std::int64_t(std::nearbyint(value)); };
    const bool is_tall = rows / columns > double(base_rows) / double(base_columns);
    const std::int64_t height = is_tall ? base_rows : rounded(double(base_columns) / columns * rows);
    const std::int64_t width = is_tall ? rounded(double(base_rows) / rows * columns) : base_columns;
    const std::int64_t top = rounded(double(base_rows - height) / 2.0);
    const std::int64_t left = rounded(double(base_columns - width) / 2.0);
    return {.rows = {top, top + height}, .columns = {left, left + width}};
}

Tensor rotary_positions(const TransformerConfig& config, const TokenGrid& grid, at::Device device)
{
    const auto table = [&] {
        const DryPlacement placed(DryPlacement::Where::Host);
        const auto options = on_host(device, at::kFloat);
        Tensor rows = at::arange(grid.rows, options);
        Tensor columns = at::arange(grid.columns, options);
        if (config.patch_size_t == 0) {
            const CropRegion region =
                crop_region(grid, config.sample_height / config.patch_size, config.sample_width / config.patch_size);
            rows = scaled_positions(region.rows, grid.rows, device);
            columns = scaled_positions(region.columns, grid.columns, device);
        }
        const std::int64_t spatial = config.attention_head_dim / 8 * 3;
        const Tensor of_time = turn(at::arange(grid.frames, options), config.attention_head_dim / 4);
        const std::vector<std::int64_t> everywhere{grid.frames, grid.rows, grid.columns, -1};
        return at::cat({of_time.unsqueeze(1).unsqueeze(1).expand(everywhere),
                        turn(rows, spatial).unsqueeze(0).unsqueeze(2).expand(everywhere),
                        turn(columns, spatial).unsqueeze(0).unsqueeze(0).expand(everywhere)},
                       -1)
            .flatten(0, 2);  // [tokens, head_dim / 2]
    };
    return copy_to_device(table(), device);
}

SinePositions sine_positions(const TransformerConfig& config, const TokenGrid& grid, at::ScalarType dtype, at::Device device)
{
    const std::int64_t dim = config.inner_dim();
    const auto tables = [&]() -> SinePositions {
        const DryPlacement placed(DryPlacement::Where::Host);
        const auto places = [&](std::int64_t count, double scale) {
            return at::arange(count, on_host(device, at::kFloat)).div_(scale);
        };
        const Tensor of_time = waves(places(grid.frames, config.temporal_interpolation_scale), dim / 4);
        const std::int64_t channels = 3 * dim / 8;
        const std::vector<std::int64_t> everywhere{grid.rows, grid.columns, channels};
        const Tensor of_columns = waves(places(grid.columns, config.spatial_interpolation_scale), channels).unsqueeze(0);
        const Tensor of_rows = waves(places(grid.rows, config.spatial_interpolation_scale), channels).unsqueeze(1);
        const Tensor of_place = at::cat({of_columns.expand(everywhere), of_rows.expand(everywhere)}, -1).flatten(0, 1);
        return {of_time.to(dtype), of_place.to(dtype)};
    };
    const SinePositions made = tables();
    return {copy_to_device(made.of_time, device), copy_to_device(made.of_place, device)};
}

}  // namespace headroom::models::cogvideox

#include "core/nn/rope.h"

#include <cmath>
#include <vector>

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/view_as_complex.h>

#include "core/nn/row_chunks.h"
#include "core/tensor/dry_run.h"

namespace headroom::nn {

namespace {

/// The rotations of one axis: [positions, channels / 2], complex64. On the CPU, or on meta without numbers.
Tensor axis_table(const RotaryAxis& axis, at::Device device, double theta)
{
    Tensor table = at::empty({axis.positions, axis.channels / 2, 2}, at::TensorOptions().dtype(at::kFloat).device(device));
    if (device.is_meta()) return at::view_as_complex(table);
    float* out = table.mutable_data_ptr<float>();
    for (std::int64_t position = 0; position < axis.positions; ++position) {
        for (std::int64_t pair = 0; pair < axis.channels / 2; ++pair) {
            const double angle = double(position) * (1.0 / std::pow(theta, double(2 * pair) / double(axis.channels)));
            *out++ = float(std::cos(angle));
            *out++ = float(std::sin(angle));
        }
    }
    return at::view_as_complex(table);
}

Tensor table_on_host(std::span<const RotaryAxis> axes, at::Device device, double theta)
{
    const DryPlacement on_host(DryPlacement::Where::Host);
    std::vector<std::int64_t> grid;
    for (const RotaryAxis& axis : axes) grid.push_back(axis.positions);
    std::vector<Tensor> parts;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        std::vector<std::int64_t> here(axes.size() + 1, 1);
        here[i] = axes[i].positions;
        here.back() = axes[i].channels / 2;
        std::vector<std::int64_t> everywhere = grid;
        everywhere.push_back(axes[i].channels / 2);
        parts.push_back(axis_table(axes[i], device, theta).view(here).expand(everywhere));  // [axis 0, axis 1, …, channels / 2]
    }
    return at::cat(parts, -1).flatten(0, -2);  // [tokens, head_dim / 2]
}

}  // namespace

Tensor rotary_table(std::span<const RotaryAxis> axes, at::Device device, double theta)
{
    const at::Device host = device.is_meta() ? device : at::Device(at::kCPU);
    return copy_to_device(table_on_host(axes, host, theta), device);
}

void rotate_in_place(Tensor& x, const Tensor& table)
{
    count_moved(2.0 * double(x.nbytes()));
    const Tensor pairs = x.unflatten(-1, {x.size(-1) / 2, 2});  // [batch, tokens, heads, head_dim / 2, 2]
    for_row_chunks(x.size(1), kChunkRows, [&](std::int64_t start, std::int64_t rows) {
        const Tensor part = pairs.narrow(1, start, rows);
        const Tensor wide = part.to(at::kFloat);                                    // the part itself when x is float32
        at::view_as_complex(wide).mul_(table.narrow(0, start, rows).unsqueeze(1));  // [rows, 1, head_dim / 2]
        if (!wide.is_same(part)) part.copy_(wide);
    });
}

}  // namespace headroom::nn

#include "core/nn/conv3d.h"

#include <ATen/ops/conv3d.h>
#include <ATen/ops/empty.h>

#include "core/nn/dry_convolution.h"

namespace headroom::nn {

namespace {

std::int64_t places(std::int64_t positions, std::int64_t kernel, std::int64_t stride)
{
    return (positions - kernel) / stride + 1;
}

}  // namespace

Tensor conv3d(Tensor x, const Tensor& weight, const Tensor& bias, const ConvStrides& strides, std::int64_t padding)
{
    const std::int64_t frames = places(x.size(0), weight.size(2), strides.time), batch = x.size(1);
    const std::int64_t rows = places(x.size(2) + 2 * padding, weight.size(3), strides.space);
    const std::int64_t columns = places(x.size(3) + 2 * padding, weight.size(4), strides.space);
    count_convolution(frames * batch * rows * columns, weight);

    // cuDNN takes both by the order of the weight alone: [1, …] views of x don't look dense in channels to it, and it would copy
    // them.
    const Tensor dense_weight = weight.contiguous(at::MemoryFormat::ChannelsLast3d);
    Tensor dense = x.permute({1, 4, 0, 2, 3}).contiguous(at::MemoryFormat::ChannelsLast3d);  // [batch, in, frames, height, width]
    x.reset();
    const Tensor result =
        dense.is_meta()
            ? at::empty({batch, frames, rows, columns, weight.size(0)}, dense.options()).permute({0, 4, 1, 2, 3})
            : at::conv3d(dense, dense_weight, bias, {strides.time, strides.space, strides.space}, {0, padding, padding});
    dense.reset();
    return result.permute({2, 0, 3, 4, 1}).contiguous();  // [frames, batch, rows, columns, out]
}

}  // namespace headroom::nn

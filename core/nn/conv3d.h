#pragma once

#include <cstdint>

#include "core/tensor/tensor.h"

namespace headroom::nn {

/// How far a kernel moves from one place to the next.
struct ConvStrides {
    std::int64_t time = 1;
    std::int64_t space = 1;
};

/// One convolution over time and space by LibTorch, for devices other than the CPU. x: [frames, batch, height, width, in];
/// weight: [out, in, t, k, k]; space is padded with `padding` zeros on each side, time isn't → [places in time, batch, places
/// down, places across, out], contiguous. Dense in channels whatever the weight's order in memory, so that with a batch of one
/// nothing is copied; a weight that is dense in channels isn't either. Takes x, so that a caller who hands its only copy over
/// doesn't keep it beside the result.
Tensor conv3d(Tensor x, const Tensor& weight, const Tensor& bias, const ConvStrides& strides, std::int64_t padding);

}  // namespace headroom::nn

#pragma once

#include <cstdint>

#include "core/tensor/tensor.h"

namespace headroom::nn {

// What LibTorch's convolutions give and take, on meta: a result without numbers, beside the copies of the weight that oneDNN and
// cuDNN work on. cuDNN's workspace is measured on the machine.

/// What a 2D convolution takes beside its result. x: [images, height, width, in]; weight: [out, in, k, k].
void dry_add_conv2d(const Tensor& x, const Tensor& weight);

/// Counts the work of a convolution that keeps the positions of x: [..., in], in any order; weight: [out, in, ...].
void count_convolution(const Tensor& x, const Tensor& weight);
/// The same of one that gives so many positions.
void count_convolution(std::int64_t positions, const Tensor& weight);

}  // namespace headroom::nn

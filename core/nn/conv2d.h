#pragma once

#include <cstdint>

#include "core/nn/parameter.h"

namespace headroom::nn {

// Images here have their channels innermost: [images, height, width, channels], contiguous. A norm over the channels, a
// 1×1 convolution and attention over the positions then need no rearranging, and it is the layout that the CPU's and
// the GPU's convolutions like best.

/// Convolution with a square kernel of odd width and zero padding that keeps height and width. x: [images, height,
/// width, in]; weight: [out, in, k, k]; bias: [out] or undefined; all of one dtype → [images, height, width, out]. Half
/// types on the CPU are computed in float32.
Tensor conv2d_same(const Tensor& x, const Tensor& weight, const Tensor& bias);

/// sum += conv2d_same(x, weight, bias), without a tensor for the second term where the CPU's library can add in place.
/// sum: [images, height, width, out], contiguous, float32 when x is.
void add_conv2d_same(Tensor& sum, const Tensor& x, const Tensor& weight, const Tensor& bias);

/// The same without padding, at every `stride`-th row and column: → [images, (height - k) / stride + 1, (width - k) / stride + 1,
/// out]. For images that bring their surroundings along.
Tensor conv2d_inside(const Tensor& x, const Tensor& weight, const Tensor& bias, std::int64_t stride);
/// sum += conv2d_inside(x, weight, {}, stride), as add_conv2d_same.
void add_conv2d_inside(Tensor& sum, const Tensor& x, const Tensor& weight, std::int64_t stride);

/// A 2D convolution that keeps height and width. Keys: `weight` [out, in, k, k], `bias` [out].
struct Conv2d {
    Parameter weight;
    Parameter bias;

    void declare(const Declare& declare, std::int64_t in_channels, std::int64_t out_channels, std::int64_t kernel_width);

    /// x: [images, height, width, in] → [images, height, width, out].
    Tensor forward(const Tensor& x) const;
    /// Writes forward(x) to out: [images, height, width, out], contiguous, of x's dtype.
    void forward_to(Tensor& out, const Tensor& x) const;
};

/// A convolution with a kernel of one position: a linear map of the channels. Keys: `weight` [out, in, 1, 1] or [out,
/// in, 1, 1, 1], `bias` [out].
struct PointwiseConv {
    Parameter weight;
    Parameter bias;

    /// `dimensions` (2 or 3) says which of the two shapes the checkpoint's weight has.
    void declare(const Declare& declare, std::int64_t in_channels, std::int64_t out_channels, int dimensions);

    /// x: [..., in] → [..., out].
    Tensor forward(const Tensor& x) const;
};

}  // namespace headroom::nn

#pragma once

#include <cstdint>
#include <vector>

#include "core/nn/conv3d.h"
#include "core/tensor/tensor.h"

namespace headroom::nn {

/// A convolution made ready for many pieces of one tensor: frames and rows that bring their surroundings along, whatever these
/// are (replicated edges, frames before), so that nothing is padded and a layer's input never exists twice. The weight is brought
/// into the order that the device likes once.
///
/// On the CPU each temporal tap is a 2D convolution that adds to the result in place; there pieces are float32 whatever the
/// weight's dtype. Elsewhere it is one 3D convolution.
class PieceConv3d {
public:
    /// weight: [out, in, t, k, k]; bias: [out].
    PieceConv3d(const Tensor& weight, const Tensor& bias, ConvStrides strides = {});

    /// What pieces must be of.
    at::TensorOptions options() const { return m_bias.options(); }
    ConvStrides strides() const { return m_strides; }

    /// piece: [frames, batch, rows, columns, in], contiguous → [(frames - t) / strides.time + 1, batch, (rows - k) /
    /// strides.space + 1, (columns - k) / strides.space + 1, out], contiguous, of the same dtype.
    Tensor operator()(const Tensor& piece) const;

private:
    Tensor by_taps(const Tensor& piece) const;

    ConvStrides m_strides;
    Tensor m_bias;
    std::vector<Tensor> m_taps;  // On the CPU: each [out, in, k, k].
    Tensor m_weight;             // Elsewhere.
};

}  // namespace headroom::nn

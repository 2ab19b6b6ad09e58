#pragma once

#include <cstdint>

#include "core/nn/parameter.h"

namespace headroom::nn {

/// Layer normalisation over the last dimension, computed in float32 whatever x is, and rounded once to x's dtype: (x - mean)
/// / sqrt(var + eps) * scale + shift. x: [..., rows, dim]; scale and shift: [dim] in float32, or both undefined. Any of adaptive
/// modulation (scale = 1 + s) and learned affine is the same call. Source: diffusers 0.42.1, normalization.py, FP32LayerNorm.
Tensor layer_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, double eps);

/// Layer normalisation with learned weights, as diffusers' FP32LayerNorm. Keys: `weight` [dim], `bias` [dim]; declare it in
/// float32 where the reference keeps it so. Without affine weights call layer_norm itself.
struct LayerNorm {
    Parameter weight;
    Parameter bias;
    double eps = 1e-6;

    void declare(const Declare& declare, std::int64_t dim, double epsilon);

    /// x: [..., dim] → the same shape and dtype.
    Tensor forward(const Tensor& x) const;
};

}  // namespace headroom::nn

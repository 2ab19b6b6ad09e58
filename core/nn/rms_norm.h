#pragma once

#include <cstdint>

#include "core/nn/parameter.h"

namespace headroom::nn {

/// Root-mean-square normalisation over the last dimension, as torch.nn.RMSNorm: x / sqrt(mean(x²) + eps) * weight in float32,
/// rounded once to x's dtype. diffusers' `rms_norm_across_heads` is this over all heads, before they are split. Key: `weight`
/// [dim].
struct RmsNorm {
    Parameter weight;
    double eps = 1e-6;

    void declare(const Declare& declare, std::int64_t dim, double epsilon);

    /// Normalises x: [batch, rows, dim] in place.
    void forward_in_place(Tensor& x) const;
};

}  // namespace headroom::nn

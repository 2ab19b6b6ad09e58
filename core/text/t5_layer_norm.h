#pragma once

#include <cstdint>

#include "core/nn/parameter.h"

namespace headroom::text {

/// T5's normalisation: y = weight · x / sqrt(mean(x²) + eps), no mean subtracted, no bias, the variance in float32.
/// Key: `weight` [features].
struct T5LayerNorm {
    nn::Parameter weight;
    double eps = 1e-6;

    void declare(const nn::Declare& declare, std::int64_t features, double epsilon);

    /// x: [..., features], in the weight's dtype or float32 (the residual stream of an fp16 run) → same shape in the weight's
    /// dtype.
    Tensor forward(const Tensor& x) const;
};

}  // namespace headroom::text

#pragma once

#include <cstdint>

#include "core/nn/parameter.h"

namespace headroom::nn {

/// y = x Wᵀ + b, as torch.nn.Linear. Keys: `weight` [out, in], `bias` [out].
struct Linear {
    enum class Bias { Yes, No };

    Parameter weight;
    Parameter bias;

    void declare(const Declare& declare, std::int64_t in_features, std::int64_t out_features, Bias with_bias = Bias::Yes);

    /// x: [..., in] in the weight's dtype → [..., out].
    Tensor forward(const Tensor& x) const;
};

}  // namespace headroom::nn

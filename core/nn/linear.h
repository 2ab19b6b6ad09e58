#pragma once

#include <cstdint>

#include "core/nn/parameter.h"

namespace headroom::nn {

/// x Wᵀ + b, counted by dry runs. x: [..., in]; weight: [out, in]; bias: [out] or undefined; all of one dtype → [..., out].
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias);

/// y = x Wᵀ + b, as torch.nn.Linear. Keys: `weight` [out, in], `bias` [out].
struct Linear {
    enum class Bias { Yes, No };

    Parameter weight;
    Parameter bias;

    void declare(const Declare& declare, std::int64_t in_features, std::int64_t out_features, Bias with_bias = Bias::Yes);

    /// x: [..., in] in the weight's dtype → [..., out].
    Tensor forward(const Tensor& x) const;
    /// Only the output features [first, first + count): [..., in] → [..., count].
    Tensor forward_slice(const Tensor& x, std::int64_t first, std::int64_t count) const;
};

}  // namespace headroom::nn

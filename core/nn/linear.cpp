#include "core/nn/linear.h"

#include <ATen/ops/linear.h>

namespace headroom::nn {

void Linear::declare(const Declare& declare, std::int64_t in_features, std::int64_t out_features, Bias with_bias)
{
    declare(weight, "weight", {out_features, in_features});
    if (with_bias == Bias::Yes) declare(bias, "bias", {out_features});
}

Tensor Linear::forward(const Tensor& x) const
{
    return bias.value.defined() ? at::linear(x, weight.value, bias.value) : at::linear(x, weight.value);
}

}  // namespace headroom::nn

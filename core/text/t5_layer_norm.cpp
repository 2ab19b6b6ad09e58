#include "core/text/t5_layer_norm.h"

#include <ATen/ops/rsqrt.h>

namespace headroom::text {

void T5LayerNorm::declare(const nn::Declare& declare, std::int64_t features, double epsilon)
{
    declare(weight, "weight", {features});
    eps = epsilon;
}

Tensor T5LayerNorm::forward(const Tensor& x) const
{
    const Tensor variance = x.to(at::kFloat).square().mean(-1, /*keepdim=*/true);  // [..., 1]
    // Rounded to the weight's dtype before the weight is applied, as the reference rounds.
    return x.mul(at::rsqrt(variance.add(eps))).to(weight.value.scalar_type()).mul_(weight.value);
}

}  // namespace headroom::text

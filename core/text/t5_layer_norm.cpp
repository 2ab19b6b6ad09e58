#include "core/text/t5_layer_norm.h"

#include <ATen/ops/rsqrt.h>

#include "core/tensor/dry_run.h"

namespace headroom::text {

void T5LayerNorm::declare(const nn::Declare& declare, std::int64_t features, double epsilon)
{
    declare(weight, "weight", {features});
    eps = epsilon;
}

Tensor T5LayerNorm::forward(const Tensor& x) const
{
    count_moved(4.0 * double(x.nbytes()));
    const Tensor wide = x.to(at::kFloat);
    const Tensor variance = wide.square().mean(-1, /*keepdim=*/true);  // [..., 1]
    // Rounded to the weight's dtype before the weight is applied, as the reference rounds.
    return wide.mul(at::rsqrt(variance.add(eps))).to(weight.value.scalar_type()).mul_(weight.value);
}

}  // namespace headroom::text

#include "core/nn/layer_norm.h"

#include <ATen/ops/layer_norm.h>

namespace headroom::nn {

Tensor layer_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, double eps)
{
    const std::int64_t dim = x.size(-1);
    // The CPU kernel takes float32 weights with a smaller x and computes in float32 without a float32 copy of x; CUDA's does not.
    if (x.scalar_type() == at::kFloat || x.is_cpu()) return at::layer_norm(x, {dim}, scale, shift, eps);
    return at::layer_norm(x.to(at::kFloat), {dim}, scale, shift, eps).to(x.scalar_type());
}

void LayerNorm::declare(const Declare& declare, std::int64_t dim, double epsilon)
{
    declare(weight, "weight", {dim});
    declare(bias, "bias", {dim});
    eps = epsilon;
}

Tensor LayerNorm::forward(const Tensor& x) const
{
    return layer_norm(x, weight.value.to(at::kFloat), bias.value.to(at::kFloat), eps);
}

}  // namespace headroom::nn

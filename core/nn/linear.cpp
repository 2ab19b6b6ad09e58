#include "core/nn/linear.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>

#include "core/nn/product_workspace.h"
#include "core/tensor/dry_run.h"

namespace headroom::nn {

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias)
{
    const ProductShape shape{x.numel() / weight.size(1), weight.size(1), weight.size(0), bias.defined()};
    count_product(double(shape.rows), double(shape.in), double(shape.out));
    const Tensor product = bias.defined() ? at::linear(x, weight, bias) : at::linear(x, weight);
    if (x.is_meta() && computes_on_cpu(x)) {
        const Tensor workspace = at::empty({product_workspace_bytes(shape, x.scalar_type())}, x.options().dtype(at::kByte));
    }
    return product;
}

void Linear::declare(const Declare& declare, std::int64_t in_features, std::int64_t out_features, Bias with_bias)
{
    declare(weight, "weight", {out_features, in_features});
    if (with_bias == Bias::Yes) declare(bias, "bias", {out_features});
}

Tensor Linear::forward(const Tensor& x) const
{
    return linear(x, weight.value, bias.value);
}

Tensor Linear::forward_slice(const Tensor& x, std::int64_t first, std::int64_t count) const
{
    const Tensor some_bias = bias.value.defined() ? bias.value.narrow(0, first, count) : Tensor();
    return linear(x, weight.value.narrow(0, first, count), some_bias);
}

}  // namespace headroom::nn

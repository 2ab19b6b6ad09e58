#include "core/nn/layer_norm.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/layer_norm.h>

#include "core/nn/row_chunks.h"
#include "core/tensor/dry_run.h"

namespace headroom::nn {

namespace {

// LibTorch's kernel has no meta side; it keeps a mean and a deviation for each row beside the result.
Tensor normalized(const Tensor& x, const Tensor& scale, const Tensor& shift, double eps)
{
    const std::int64_t dim = x.size(-1);
    if (!x.is_meta()) return at::layer_norm(x, {dim}, scale, shift, eps);
    const Tensor dense = x.contiguous();
    const bool is_wide = scale.defined() && scale.scalar_type() == at::kFloat;
    const auto statistics = at::empty({2, x.numel() / dim}, is_wide ? x.options().dtype(at::kFloat) : x.options());
    return at::empty_like(dense);
}

}  // namespace

Tensor layer_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, double eps)
{
    count_moved(2.0 * double(x.nbytes()));
    // The CPU kernel takes float32 weights with a smaller x and computes in float32 without a float32 copy of x; CUDA's does not.
    if (x.scalar_type() == at::kFloat || computes_on_cpu(x)) return normalized(x, scale, shift, eps);
    Tensor normed = at::empty_like(x);
    for_row_chunks(x.size(-2), kChunkRows, [&](std::int64_t start, std::int64_t rows) {
        const Tensor wide = x.narrow(-2, start, rows).to(at::kFloat);
        normed.narrow(-2, start, rows).copy_(normalized(wide, scale, shift, eps));
    });
    return normed;
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

#include "core/nn/attention.h"

#include <ATen/ops/scaled_dot_product_attention.h>

#include "core/nn/dry_attention.h"

namespace headroom::nn {

Tensor attention(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& bias, std::optional<double> scale)
{
    if (query.is_meta()) return dry_attention(query, key, value, bias);
    std::optional<Tensor> mask;
    if (bias.defined()) mask = bias.dim() == 1 ? bias.view({1, 1, 1, bias.size(0)}) : bias;
    // The fused kernels want it dense, the CPU's copies it otherwise.
    if (mask) mask = mask->contiguous();
    // LibTorch wants [batch, heads, tokens, head_dim]; views do, its kernels take the strides as they are.
    const Tensor joined =
        at::scaled_dot_product_attention(query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), mask,
                                         /*dropout_p=*/0.0, /*is_causal=*/false, scale);
    return joined.transpose(1, 2);  // [batch, query_tokens, heads, head_dim]
}

Tensor causal_attention(const Tensor& query, const Tensor& key, const Tensor& value)
{
    if (query.is_meta()) return dry_attention(query, key, value, {});
    const Tensor joined =
        at::scaled_dot_product_attention(query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), std::nullopt,
                                         /*dropout_p=*/0.0, /*is_causal=*/true);
    return joined.transpose(1, 2);  // [batch, tokens, heads, head_dim]
}

}  // namespace headroom::nn

#include "core/nn/attention.h"

#include <optional>

#include <ATen/ops/scaled_dot_product_attention.h>

namespace headroom::nn {

Tensor attention(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& key_bias)
{
    std::optional<Tensor> mask;
    if (key_bias.defined()) mask = key_bias.view({1, 1, 1, key_bias.size(0)});
    // LibTorch wants [batch, heads, tokens, head_dim]; views do, its kernels take the strides as they are.
    const Tensor joined =
        at::scaled_dot_product_attention(query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), mask);
    return joined.transpose(1, 2);  // [batch, query_tokens, heads, head_dim]
}

}  // namespace headroom::nn

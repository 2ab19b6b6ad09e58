#pragma once

#include <optional>

#include "core/tensor/tensor.h"

namespace headroom::nn {

/// softmax(query keyᵀ · scale + bias) value: the one function for attention, so that a faster kernel has one
/// place to go. query: [batch, query_tokens, heads, head_dim]; key, value: [batch, key_tokens, heads, head_dim], all of one
/// dtype, last dimension dense → [batch, query_tokens, heads, head_dim], contiguous on the CPU, so joining the heads is a
/// view. bias: undefined for none; [key_tokens], float32, where a bias of log(n) makes a key count n times; or [1, heads,
/// query_tokens, key_tokens] of the query's dtype. scale: 1 / sqrt(head_dim) when left out. LibTorch's fused kernels do the work:
/// memory grows with the tokens, never with their square. Dry runs count its work and the kernels' workspace.
Tensor attention(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& bias = {},
                 std::optional<double> scale = std::nullopt);

/// The same without a bias where each query sees the keys up to its own place. As many keys as queries.
Tensor causal_attention(const Tensor& query, const Tensor& key, const Tensor& value);

}  // namespace headroom::nn

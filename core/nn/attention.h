#pragma once

#include "core/tensor/tensor.h"

namespace headroom::nn {

/// softmax(query keyᵀ / sqrt(head_dim) + key_bias) value: the one function for attention, so that a faster kernel has one
/// place to go. query: [batch, query_tokens, heads, head_dim]; key, value: [batch, key_tokens, heads, head_dim], all of one
/// dtype, last dimension dense → [batch, query_tokens, heads, head_dim], contiguous on the CPU, so joining the heads is a
/// view. key_bias: [key_tokens], float32, undefined for none; a bias of log(n) makes a key count n times. LibTorch's fused
/// kernels do the work: memory grows with the tokens, never with their square.
Tensor attention(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& key_bias = {});

}  // namespace headroom::nn

#include "core/nn/dry_attention.h"

#include <algorithm>

#include <ATen/ops/empty.h>

#include "core/nn/tile_kernels.h"
#include "core/tensor/dry_run.h"

namespace headroom::nn {

namespace {

// ATen/native/cpu/FlashAttentionKernel.cpp of LibTorch 2.11: each thread holds the scores of a block of queries against a block
// of keys, their maxima and sums, and the block's result, all in float32; for half types the scores once more in these. Where
// tiles compute (AMX) and there are enough tokens, keys and values are packed first: copies of both, with odd numbers of channels
// and keys padded.
constexpr std::int64_t kKeyBlock = 512;
constexpr std::int64_t kFewestPackedTokens = 64;

std::int64_t even(std::int64_t count)
{
    return count + count % 2;
}

std::int64_t query_block(std::int64_t query_tokens)
{
    const std::int64_t block = query_tokens >= 768 ? 256 : query_tokens >= 192 ? 64 : 32;
    return std::min(block, query_tokens);
}

Tensor flash_on_cpu(const Tensor& query, const Tensor& key)
{
    const DryRun* run = DryRun::current();
    const std::int64_t threads = run ? run->threads() : 1;
    const std::int64_t rows = query_block(query.size(1));
    const std::int64_t columns = std::min(kKeyBlock, key.size(1));
    const auto wide = query.options().dtype(at::kFloat);
    const Tensor output = at::empty(query.sizes(), query.options());
    const Tensor logsumexp = at::empty(query.sizes().slice(0, 3), wide);
    const Tensor blocks = at::empty({threads, rows * (columns + 2 + query.size(3))}, wide);
    const bool is_half = query.scalar_type() != at::kFloat;
    const bool is_packed = computes_in_tiles(query.scalar_type()) && std::min(query.size(1), key.size(1)) >= kFewestPackedTokens;
    const Tensor half_scores = at::empty({threads, rows, is_packed ? even(columns) : is_half ? columns : 0}, query.options());
    if (!is_packed) return output;
    const std::int64_t batch = key.size(0), tokens = key.size(1), heads = key.size(2), channels = key.size(3);
    const std::int64_t padded_tokens = (tokens - 1) / columns * even(columns) + even(tokens - (tokens - 1) / columns * columns);
    const Tensor keys = at::empty({batch, heads, tokens, even(channels)}, query.options());
    const Tensor values = at::empty({batch, heads, padded_tokens, channels}, query.options());
    const Tensor queries = at::empty({threads, rows, channels % 2 ? even(channels) : 0}, query.options());
    const std::int64_t blocks_of_keys = batch * heads * ((tokens + columns - 1) / columns);
    const Tensor copied = at::empty({std::min(threads, blocks_of_keys), columns, channels}, query.options());
    return output;
}

// ATen/native/transformers/cuda/attention.cu: half types without a bias take the flash kernel up to heads of 256, which stores
// the logarithm of each row's sum; the rest takes the memory-efficient kernel, which sums heads wider than 128 in float32 beside
// the result and wants a bias of 16 · n keys.
Tensor fused_on_cuda(const Tensor& query, const Tensor& key, const Tensor& bias)
{
    constexpr std::int64_t kWidestFlashHead = 256, kWidestSummedInRegisters = 128, kBiasKeys = 16;
    const auto wide = query.options().dtype(at::kFloat);
    const bool is_half = query.scalar_type() != at::kFloat;
    Tensor padded_bias;
    if (bias.defined()) {
        std::vector<std::int64_t> shape = bias.sizes().vec();
        shape.back() = (key.size(1) + kBiasKeys - 1) / kBiasKeys * kBiasKeys;
        padded_bias = at::empty(shape, bias.options());
    }
    const Tensor output = at::empty(query.sizes(), query.options());
    const bool takes_flash = is_half && !bias.defined() && query.size(3) <= kWidestFlashHead;
    Tensor beside;
    if (takes_flash) beside = at::empty(query.sizes().slice(0, 3), wide);
    if (!takes_flash && is_half && query.size(3) > kWidestSummedInRegisters) beside = at::empty(query.sizes(), wide);
    return output;
}

}  // namespace

Tensor dry_attention(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& bias)
{
    TORCH_CHECK(key.sizes() == value.sizes() && query.size(2) == key.size(2) && query.size(3) == key.size(3),
                "attention of shapes ", query.sizes(), ", ", key.sizes(), ", ", value.sizes());
    if (DryRun* run = DryRun::current()) run->count({.attention_flops = 4.0 * double(query.numel()) * double(key.size(1))});
    const Tensor dense_bias = bias.defined() ? bias.contiguous() : bias;
    return computes_on_cpu(query) ? flash_on_cpu(query, key) : fused_on_cuda(query, key, dense_bias);
}

}  // namespace headroom::nn

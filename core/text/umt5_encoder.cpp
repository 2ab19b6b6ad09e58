#include "core/text/umt5_encoder.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include <ATen/ops/arange.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/where.h>
#include <c10/core/ScalarType.h>

#include "core/nn/attention.h"
#include "core/nn/gather_rows.h"
#include "core/nn/select_rows.h"
#include "core/tensor/dry_run.h"

namespace headroom::text {
namespace {

constexpr auto kNoBias = nn::Linear::Bias::No;

/// The bucket of each offset from -(tokens - 1) to tokens - 1: [2 · tokens - 1] int64, on the CPU.
Tensor buckets_by_offset(std::int64_t tokens, std::int64_t buckets, std::int64_t max_distance)
{
    const std::int64_t per_direction = buckets / 2;
    const std::int64_t exact = per_direction / 2;
    const Tensor offset = at::arange(1 - tokens, tokens, at::kLong);
    const Tensor distance = offset.abs();
    // In float32 and in the reference's order of operations: rounding decides the bucket at its borders.
    const double log_range = std::log(static_cast<double>(max_distance) / static_cast<double>(exact));
    const Tensor logarithmic = distance.to(at::kFloat)
                                   .div(exact)
                                   .log()
                                   .div(log_range)
                                   .mul(per_direction - exact)
                                   .to(at::kLong)
                                   .add(exact)
                                   .clamp_max(per_direction - 1);
    return at::where(distance.lt(exact), distance, logarithmic).add(offset.gt(0).to(at::kLong).mul(per_direction));
}

/// In the wider of their dtypes: in an fp16 run the feed-forward's result is float32, and so is what it is added to from then on.
Tensor sum(const Tensor& x, const Tensor& y)
{
    const at::ScalarType wider = c10::promoteTypes(x.scalar_type(), y.scalar_type());
    return as_operand(x, wider).add(as_operand(y, wider));
}

}  // namespace

void Umt5Attention::declare(const nn::Declare& declare, const Umt5Config& config, Bias bias)
{
    heads = config.num_heads;
    const std::int64_t inner = config.num_heads * config.d_kv;
    q.declare(declare.at("q"), config.d_model, inner, kNoBias);
    k.declare(declare.at("k"), config.d_model, inner, kNoBias);
    v.declare(declare.at("v"), config.d_model, inner, kNoBias);
    o.declare(declare.at("o"), inner, config.d_model, kNoBias);
    if (bias == Bias::OfFirstLayer) return;
    declare(relative_attention_bias, "relative_attention_bias.weight", {config.relative_attention_num_buckets, config.num_heads});
}

Tensor Umt5Attention::bias_of(const Tensor& buckets) const
{
    const std::int64_t tokens = buckets.size(0);
    return nn::select_rows(relative_attention_bias.value, buckets.flatten())
        .view({tokens, tokens, heads})
        .permute({2, 0, 1})
        .unsqueeze(0)  // [1, heads, query tokens, key tokens]
        .contiguous();
}

Tensor Umt5Attention::forward(const Tensor& x, const TokenDistances& distances) const
{
    const std::int64_t tokens = x.size(0);
    const auto split_heads = [&](const Tensor& y) {
        return y.view({1, tokens, heads, -1});  // [1, tokens, heads, d_kv]
    };
    const Tensor bias = distances.bias.defined() ? distances.bias : bias_of(distances.buckets);
    const Tensor mixed =
        nn::attention(split_heads(q.forward(x)), split_heads(k.forward(x)), split_heads(v.forward(x)), bias, /*scale=*/1.0);
    return o.forward(mixed.reshape({tokens, -1}));  // [tokens, d_model]
}

void Umt5FeedForward::declare(const nn::Declare& declare, const Umt5Config& config, at::ScalarType compute)
{
    kind = config.feed_forward_proj;
    if (kind == Umt5Config::FeedForward::GatedGelu) {
        wi_0.declare(declare.at("wi_0"), config.d_model, config.d_ff, kNoBias);
        wi_1.declare(declare.at("wi_1"), config.d_model, config.d_ff, kNoBias);
    } else {
        wi.declare(declare.at("wi"), config.d_model, config.d_ff, kNoBias);
    }
    const nn::Declare exact = compute == at::kHalf ? declare.in_float32() : declare;
    wo.declare(exact.at("wo"), config.d_ff, config.d_model, kNoBias);
}

Tensor Umt5FeedForward::forward(const Tensor& x) const
{
    const Tensor inner = kind == Umt5Config::FeedForward::GatedGelu ? at::gelu(wi_0.forward(x), "tanh").mul_(wi_1.forward(x))
                                                                    : wi.forward(x).clamp_min_(0);  // [tokens, d_ff]
    return wo.forward(inner.to(wo.weight.value.scalar_type()));
}

Tensor Umt5Layer::forward(const Tensor& hidden, const TokenDistances& distances) const
{
    const Tensor attended = sum(hidden, SelfAttention.forward(attention_norm.forward(hidden), distances));
    return sum(attended, DenseReluDense.forward(feed_forward_norm.forward(attended)));
}

Umt5Encoder::Umt5Encoder(const Umt5Config& config, at::ScalarType compute, at::Device device)
    : m_config(config),
      m_compute(compute),
      m_device(device),
      m_embedding_block{"embedding", {}},
      m_final_block{"final", {}},
      m_layers(config.num_layers)
{
    nn::Declare(m_embedding_block).in_file()(m_shared, "shared.weight", {config.vocab_size, config.d_model});
    m_shared.alias = "encoder.embed_tokens.weight";
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        Umt5Layer& layer = m_layers[i];
        layer.block.name = "encoder.block." + std::to_string(i);
        const nn::Declare declare(layer.block, layer.block.name + ".");
        const bool has_bias = i == 0 || config.position_bias == Umt5Config::PositionBias::EveryLayer;
        layer.SelfAttention.declare(declare.at("layer.0.SelfAttention"), config,
                                    has_bias ? Umt5Attention::Bias::Own : Umt5Attention::Bias::OfFirstLayer);
        layer.attention_norm.declare(declare.at("layer.0.layer_norm"), config.d_model, config.layer_norm_epsilon);
        layer.DenseReluDense.declare(declare.at("layer.1.DenseReluDense"), config, compute);
        layer.feed_forward_norm.declare(declare.at("layer.1.layer_norm"), config.d_model, config.layer_norm_epsilon);
    }
    m_final_layer_norm.declare(nn::Declare(m_final_block, "encoder.final_layer_norm."), config.d_model,
                               config.layer_norm_epsilon);
}

std::vector<nn::ParameterBlock*> Umt5Encoder::blocks()
{
    std::vector<nn::ParameterBlock*> result{&m_embedding_block};
    for (Umt5Layer& layer : m_layers) result.push_back(&layer.block);
    result.push_back(&m_final_block);
    return result;
}

Result<Tensor> Umt5Encoder::encode(const std::vector<std::int32_t>& ids, memory::WeightSource& weights, std::stop_token stop,
                                   const Progress& progress)
{
    const Tensor embedded = TRY(embed(ids, weights));
    return run_layers(embedded, weights, std::move(stop), progress);
}

Result<Tensor> Umt5Encoder::embed(const std::vector<std::int32_t>& ids, memory::WeightSource& weights)
{
    for (const std::int32_t id : ids) {
        if (id < 0 || id >= m_config.vocab_size) {
            return fail(ErrorCode::BadModel,
                        "The tokenizer gave token {}, but the text encoder knows {} tokens only; the tokenizer and text_encoder "
                        "folders do not belong together.",
                        id, m_config.vocab_size);
        }
    }
    const auto held = weights.acquire(m_embedding_block);
    return nn::gather_rows(m_shared, ids, m_device, m_compute);  // [tokens, d_model]
}

Result<Tensor> Umt5Encoder::run_layers(const Tensor& embedded, memory::WeightSource& weights, std::stop_token stop,
                                       const Progress& progress)
{
    TokenDistances distances{.buckets = relative_position_buckets(embedded.size(0), m_config.relative_attention_num_buckets,
                                                                  m_config.relative_attention_max_distance, embedded.device()),
                             .bias = {}};
    Tensor hidden = embedded;
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        if (stop.stop_requested()) return fail(ErrorCode::Cancelled, "Stopped while the prompt was being read.");
        const auto held = weights.acquire(m_layers[i].block);
        if (i == 0 && m_config.position_bias == Umt5Config::PositionBias::FirstLayer) {
            distances.bias = m_layers[i].SelfAttention.bias_of(distances.buckets);
            distances.buckets.reset();
        }
        // In an fp16 run the first layer alone is given fp16: it counts for no other.
        const bool is_first_wide = i == 1 && hidden.scalar_type() != embedded.scalar_type();
        if (is_first_wide || !weights.counts_as_walked(m_layers[i].block)) hidden = m_layers[i].forward(hidden, distances);
        if (progress) progress(static_cast<int>(i + 1), static_cast<int>(m_layers.size()));
    }
    const auto held = weights.acquire(m_final_block);
    return m_final_layer_norm.forward(hidden);
}

Tensor relative_position_buckets(std::int64_t tokens, std::int64_t buckets, std::int64_t max_distance, at::Device device)
{
    const auto options = at::TensorOptions().dtype(at::kLong);
    if (device.is_meta()) return at::empty({tokens, tokens}, options.device(device));
    const Tensor by_offset = buckets_by_offset(tokens, buckets, max_distance);
    const Tensor pairs = at::empty({tokens, tokens}, options);
    const std::int64_t* from_here = by_offset.const_data_ptr<std::int64_t>() + tokens - 1;
    std::int64_t* row = pairs.mutable_data_ptr<std::int64_t>();
    for (std::int64_t query = 0; query < tokens; ++query, row += tokens, --from_here) {
        std::memcpy(row, from_here, std::size_t(tokens) * sizeof(std::int64_t));
    }
    return pairs.to(device);
}

Tensor pad_with_zero_rows(const Tensor& embeddings, std::int64_t rows)
{
    const std::int64_t kept = std::min(rows, embeddings.size(0));
    return at::constant_pad_nd(embeddings.narrow(0, 0, kept), {0, 0, 0, rows - kept}, 0);
}

}  // namespace headroom::text

#include "core/text/llama_encoder.h"

#include <cmath>
#include <numbers>
#include <string>
#include <utility>

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/silu.h>

#include "core/nn/attention.h"
#include "core/nn/gather_rows.h"
#include "core/tensor/dry_run.h"
#include "core/text/token_check.h"

namespace headroom::text {
namespace {

/// How far one position turns pair `pair` of a head, in float32.
float turn_of(const LlamaConfig& config, std::int64_t pair)
{
    const LlamaConfig::Rope& rope = config.rope;
    const float exponent = float(2 * pair) / float(config.head_dim);
    const float turn = 1.0f / std::pow(float(rope.theta), exponent);
    if (rope.kind == LlamaConfig::RopeKind::Default) return turn;
    const float slowed = turn / float(rope.factor);
    if (rope.kind == LlamaConfig::RopeKind::Linear) return slowed;
    const double positions = double(rope.original_max_position_embeddings);
    const float wavelength = float(2 * std::numbers::pi) / turn;
    if (wavelength > positions / rope.low_freq_factor) return slowed;
    if (wavelength < positions / rope.high_freq_factor) return turn;
    const float share =
        (float(positions) / wavelength - float(rope.low_freq_factor)) / float(rope.high_freq_factor - rope.low_freq_factor);
    return (1 - share) * slowed + share * turn;
}

/// Turns the pairs (x[c], x[c + half]) of every head, in float32, rounded once. x: [tokens, heads, head_dim].
Tensor turned(const Tensor& x, const LlamaTurns& turns)
{
    count_moved(4.0 * double(x.nbytes()));
    const std::int64_t half = x.size(-1) / 2;
    const Tensor wide = x.to(at::kFloat);
    const Tensor first = wide.narrow(-1, 0, half), second = wide.narrow(-1, half, half);
    const Tensor result = at::cat(
        {first.mul(turns.cosines).sub_(second.mul(turns.sines)), second.mul(turns.cosines).add_(first.mul(turns.sines))}, -1);
    return result.to(x.scalar_type());  // [tokens, heads, head_dim]
}

/// Each key-value head once for every query head of its group. x: [tokens, kv heads, head_dim] → [1, tokens, heads, head_dim].
Tensor shared_by(std::int64_t group, const Tensor& x)
{
    return x.unsqueeze(2).expand({-1, -1, group, -1}).reshape({1, x.size(0), x.size(1) * group, x.size(2)});
}

}  // namespace

LlamaTurns llama_turns(const LlamaConfig& config, std::int64_t tokens, at::Device device)
{
    const std::int64_t half = config.head_dim / 2;
    const auto options = at::TensorOptions().dtype(at::kFloat).device(device.is_meta() ? device : at::Device(at::kCPU));
    LlamaTurns turns;
    {
        const DryPlacement on_host(DryPlacement::Where::Host);
        turns = {at::empty({tokens, 1, half}, options), at::empty({tokens, 1, half}, options)};
    }
    if (!device.is_meta()) {
        float* cosines = turns.cosines.mutable_data_ptr<float>();
        float* sines = turns.sines.mutable_data_ptr<float>();
        for (std::int64_t position = 0; position < tokens; ++position) {
            for (std::int64_t pair = 0; pair < half; ++pair) {
                const float angle = float(position) * turn_of(config, pair);
                *cosines++ = std::cos(angle);
                *sines++ = std::sin(angle);
            }
        }
    }
    return {copy_to_device(turns.cosines, device), copy_to_device(turns.sines, device)};
}

void LlamaAttention::declare(const nn::Declare& declare, const LlamaConfig& config)
{
    head_dim = config.head_dim;
    const auto bias = config.attention_bias ? nn::Linear::Bias::Yes : nn::Linear::Bias::No;
    const std::int64_t inner = config.num_attention_heads * head_dim;
    q_proj.declare(declare.at("q_proj"), config.hidden_size, inner, bias);
    k_proj.declare(declare.at("k_proj"), config.hidden_size, config.num_key_value_heads * head_dim, bias);
    v_proj.declare(declare.at("v_proj"), config.hidden_size, config.num_key_value_heads * head_dim, bias);
    o_proj.declare(declare.at("o_proj"), inner, config.hidden_size, bias);
}

Tensor LlamaAttention::forward(const Tensor& x, const LlamaTurns& turns) const
{
    const std::int64_t tokens = x.size(0);
    const auto split_heads = [&](const Tensor& y) {
        return y.view({tokens, -1, head_dim});  // [tokens, heads, head_dim]
    };
    const Tensor query = turned(split_heads(q_proj.forward(x)), turns).unsqueeze(0);  // [1, tokens, heads, head_dim]
    const Tensor key = turned(split_heads(k_proj.forward(x)), turns);
    const std::int64_t group = query.size(2) / key.size(1);
    const Tensor mixed = nn::causal_attention(query, shared_by(group, key), shared_by(group, split_heads(v_proj.forward(x))));
    return o_proj.forward(mixed.reshape({tokens, -1}));  // [tokens, hidden]
}

void LlamaFeedForward::declare(const nn::Declare& declare, const LlamaConfig& config)
{
    activation = config.hidden_act;
    const auto bias = config.mlp_bias ? nn::Linear::Bias::Yes : nn::Linear::Bias::No;
    gate_proj.declare(declare.at("gate_proj"), config.hidden_size, config.intermediate_size, bias);
    up_proj.declare(declare.at("up_proj"), config.hidden_size, config.intermediate_size, bias);
    down_proj.declare(declare.at("down_proj"), config.intermediate_size, config.hidden_size, bias);
}

Tensor LlamaFeedForward::forward(const Tensor& x) const
{
    Tensor gate = gate_proj.forward(x);  // [tokens, intermediate]
    switch (activation) {
    case LlamaConfig::Activation::Silu: at::silu_(gate); break;
    case LlamaConfig::Activation::Gelu: at::gelu_(gate); break;
    case LlamaConfig::Activation::GeluTanh: at::gelu_(gate, "tanh"); break;
    }
    return down_proj.forward(gate.mul_(up_proj.forward(x)));
}

Tensor LlamaLayer::forward(const Tensor& hidden, const LlamaTurns& turns) const
{
    const Tensor attended = hidden.add(self_attn.forward(input_layernorm.forward(hidden), turns));
    return attended.add(mlp.forward(post_attention_layernorm.forward(attended)));
}

LlamaEncoder::LlamaEncoder(const LlamaConfig& config, std::int64_t layers, at::ScalarType compute, at::Device device)
    : m_config(config), m_compute(compute), m_device(device), m_embedding_block{"embedding", {}}, m_layers(std::size_t(layers))
{
    nn::Declare(m_embedding_block).in_file()(m_embed_tokens, "embed_tokens.weight", {config.vocab_size, config.hidden_size});
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        LlamaLayer& layer = m_layers[i];
        layer.block.name = "layers." + std::to_string(i);
        const nn::Declare declare(layer.block, layer.block.name + ".");
        layer.input_layernorm.declare(declare.at("input_layernorm"), config.hidden_size, config.rms_norm_eps);
        layer.self_attn.declare(declare.at("self_attn"), config);
        layer.post_attention_layernorm.declare(declare.at("post_attention_layernorm"), config.hidden_size, config.rms_norm_eps);
        layer.mlp.declare(declare.at("mlp"), config);
    }
    for (nn::ParameterBlock* block : blocks()) {  // as a LlamaForCausalLM stores them
        for (nn::Parameter* parameter : block->parameters) parameter->alias = "model." + parameter->name;
    }
}

std::vector<nn::ParameterBlock*> LlamaEncoder::blocks()
{
    std::vector<nn::ParameterBlock*> result{&m_embedding_block};
    for (LlamaLayer& layer : m_layers) result.push_back(&layer.block);
    return result;
}

Result<Tensor> LlamaEncoder::encode(const std::vector<std::int32_t>& ids, memory::WeightSource& weights, std::stop_token stop,
                                    const Progress& progress)
{
    TRY(check_tokens(ids, m_config.vocab_size));
    Tensor hidden;
    {
        const auto held = weights.acquire(m_embedding_block);
        hidden = nn::gather_rows(m_embed_tokens, ids, m_device, m_compute);  // [tokens, hidden]
    }
    const LlamaTurns turns = llama_turns(m_config, hidden.size(0), m_device);
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        if (stop.stop_requested()) return fail(ErrorCode::Cancelled, "Stopped while the prompt was being read.");
        const auto held = weights.acquire(m_layers[i].block);
        if (!weights.counts_as_walked(m_layers[i].block)) hidden = m_layers[i].forward(hidden, turns);
        if (progress) progress(static_cast<int>(i + 1), static_cast<int>(m_layers.size()));
    }
    return hidden;
}

}  // namespace headroom::text

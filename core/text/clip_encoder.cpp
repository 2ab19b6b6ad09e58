#include "core/text/clip_encoder.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include <ATen/ops/gelu.h>

#include "core/nn/attention.h"
#include "core/nn/gather_rows.h"
#include "core/text/token_check.h"

namespace headroom::text {

namespace {

constexpr const char* kPrefix = "text_model.";

}  // namespace

void ClipLayer::declare(const nn::Declare& declare, const ClipConfig& config)
{
    heads = config.num_attention_heads;
    activation = config.hidden_act;
    const std::int64_t width = config.hidden_size;
    layer_norm1.declare(declare.at("layer_norm1"), width, config.layer_norm_eps);
    q_proj.declare(declare.at("self_attn.q_proj"), width, width);
    k_proj.declare(declare.at("self_attn.k_proj"), width, width);
    v_proj.declare(declare.at("self_attn.v_proj"), width, width);
    out_proj.declare(declare.at("self_attn.out_proj"), width, width);
    layer_norm2.declare(declare.at("layer_norm2"), width, config.layer_norm_eps);
    fc1.declare(declare.at("mlp.fc1"), width, config.intermediate_size);
    fc2.declare(declare.at("mlp.fc2"), config.intermediate_size, width);
}

Tensor ClipLayer::forward(const Tensor& hidden) const
{
    const Tensor attended = hidden.add(attend(layer_norm1.forward(hidden)));
    return attended.add(feed_forward(layer_norm2.forward(attended)));
}

Tensor ClipLayer::attend(const Tensor& x) const
{
    const auto split_heads = [&](const Tensor& y) {
        return y.view({1, x.size(0), heads, -1});  // [1, tokens, heads, head_dim]
    };
    const Tensor mixed =
        nn::causal_attention(split_heads(q_proj.forward(x)), split_heads(k_proj.forward(x)), split_heads(v_proj.forward(x)));
    return out_proj.forward(mixed.reshape({x.size(0), -1}));  // [tokens, hidden_size]
}

Tensor ClipLayer::feed_forward(const Tensor& x) const
{
    Tensor inner = fc1.forward(x);  // [tokens, intermediate]
    switch (activation) {
    case ClipConfig::Activation::QuickGelu: inner.mul_(inner.mul(1.702).sigmoid_()); break;
    case ClipConfig::Activation::Gelu: at::gelu_(inner); break;
    case ClipConfig::Activation::GeluTanh: at::gelu_(inner, "tanh"); break;
    }
    return fc2.forward(inner);
}

ClipEncoder::ClipEncoder(const ClipConfig& config, at::ScalarType compute, at::Device device)
    : m_config(config),
      m_compute(compute),
      m_device(device),
      m_embedding_block{"embeddings", {}},
      m_final_block{"final", {}},
      m_layers(std::size_t(config.num_hidden_layers))
{
    const nn::Declare embeddings = nn::Declare(m_embedding_block, std::string(kPrefix) + "embeddings.").in_file();
    embeddings(m_token_embedding, "token_embedding.weight", {config.vocab_size, config.hidden_size});
    embeddings(m_position_embedding, "position_embedding.weight", {config.max_position_embeddings, config.hidden_size});
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        m_layers[i].block.name = "encoder.layers." + std::to_string(i);
        m_layers[i].declare(nn::Declare(m_layers[i].block, kPrefix + m_layers[i].block.name + "."), config);
    }
    m_final_layer_norm.declare(nn::Declare(m_final_block, std::string(kPrefix) + "final_layer_norm."), config.hidden_size,
                               config.layer_norm_eps);
    for (nn::ParameterBlock* block : blocks()) {  // as transformers 5 saves them
        for (nn::Parameter* parameter : block->parameters) parameter->alias = parameter->name.substr(std::string(kPrefix).size());
    }
}

std::vector<nn::ParameterBlock*> ClipEncoder::blocks()
{
    std::vector<nn::ParameterBlock*> result{&m_embedding_block};
    for (ClipLayer& layer : m_layers) result.push_back(&layer.block);
    result.push_back(&m_final_block);
    return result;
}

std::size_t ClipEncoder::pooled_token(const std::vector<std::int32_t>& ids) const
{
    if (m_config.eos_token_id == kLegacyEos) return std::size_t(std::ranges::max_element(ids) - ids.begin());
    const auto found = std::ranges::find(ids, std::int32_t(m_config.eos_token_id));
    return found == ids.end() ? 0 : std::size_t(found - ids.begin());
}

Result<Tensor> ClipEncoder::encode(std::vector<std::int32_t> ids, memory::WeightSource& weights, std::stop_token stop,
                                   const Progress& progress)
{
    TRY(check_tokens(ids, m_config.vocab_size));
    if (ids.empty() || std::int64_t(ids.size()) > m_config.max_position_embeddings) {
        return fail(ErrorCode::BadModel,
                    "The text encoder takes 1 to {} tokens, but the tokenizer gave {}; the two do not belong together.",
                    m_config.max_position_embeddings, ids.size());
    }
    ids.resize(pooled_token(ids) + 1);
    Tensor hidden = embed(ids, weights);
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        if (stop.stop_requested()) return fail(ErrorCode::Cancelled, "Stopped while the prompt was being read.");
        const auto held = weights.acquire(m_layers[i].block);
        if (!weights.counts_as_walked(m_layers[i].block)) hidden = m_layers[i].forward(hidden);
        if (progress) progress(static_cast<int>(i + 1), static_cast<int>(m_layers.size()));
    }
    const auto held = weights.acquire(m_final_block);
    return m_final_layer_norm.forward(hidden.narrow(0, hidden.size(0) - 1, 1)).squeeze(0);  // [hidden_size]
}

Tensor ClipEncoder::embed(const std::vector<std::int32_t>& ids, memory::WeightSource& weights)
{
    const auto held = weights.acquire(m_embedding_block);
    std::vector<std::int32_t> positions(ids.size());
    std::iota(positions.begin(), positions.end(), 0);
    const Tensor hidden = nn::gather_rows(m_token_embedding, ids, m_device, m_compute);  // [tokens, hidden_size]
    return hidden.add(nn::gather_rows(m_position_embedding, positions, m_device, m_compute));
}

}  // namespace headroom::text

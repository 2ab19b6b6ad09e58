#include "core/models/hunyuan_video/text_refiner.h"

#include "core/nn/attention.h"

namespace headroom::models::hunyuan_video {

namespace {

// The text's own blocks have this ratio whatever the config's mlp_ratio says.
constexpr std::int64_t kMlpRatio = 4;

/// Rows of the modulation, in the checkpoint's order.
enum ModulationRow : std::int64_t { kGate, kFeedForwardGate, kModulationRows };

}  // namespace

TextEmbedder::TextEmbedder(const TransformerConfig& config)
{
    parameters.name = "text_embedding";
    const nn::Declare declare(parameters, "context_embedder.");
    context_embedder.time_text_embed.declare(declare.at("time_text_embed"), config.text_embed_dim, config.inner_dim(),
                                             ConditionEmbedder::Guidance::None);
    context_embedder.proj_in.declare(declare.at("proj_in"), config.text_embed_dim, config.inner_dim());
}

TextRows TextEmbedder::forward(const Tensor& text, double timestep) const
{
    const auto& [time_text_embed, proj_in] = context_embedder;
    const at::ScalarType dtype = proj_in.weight.value.scalar_type();
    const Tensor rows = text.to(dtype);
    const Tensor mean = rows.to(at::kFloat).mean(1).to(dtype);  // [items, text_embed_dim]
    return {.rows = proj_in.forward(rows), .condition = time_text_embed.forward(timestep, 0.0, mean)};
}

RefinerBlock::RefinerBlock(const TransformerConfig& config, std::int64_t index) : m_heads(config.num_attention_heads)
{
    const std::int64_t dim = config.inner_dim();
    parameters.name = fmt::format("refiner_blocks.{}", index);
    const nn::Declare declare(parameters, "context_embedder.token_refiner." + parameters.name + ".");
    norm1.declare(declare.at("norm1"), dim, kEps);
    attn.to_q.declare(declare.at("attn").at("to_q"), dim, dim);
    attn.to_k.declare(declare.at("attn").at("to_k"), dim, dim);
    attn.to_v.declare(declare.at("attn").at("to_v"), dim, dim);
    attn.to_out._0.declare(declare.at("attn").at("to_out").at("0"), dim, dim);
    norm2.declare(declare.at("norm2"), dim, kEps);
    ff.declare(declare.at("ff"), dim, kMlpRatio * dim, FeedForward::Activation::Silu);
    norm_out.linear.declare(declare.at("norm_out").at("linear"), dim, kModulationRows * dim);
}

void RefinerBlock::forward(const TextRows& text) const
{
    const Tensor modulation = modulation_of(norm_out.linear, text.condition, kModulationRows);
    const auto heads = [&](const Tensor& x) { return x.unflatten(2, {m_heads, -1}); };  // [items, text tokens, heads, head_dim]
    const Tensor x = norm1.forward(text.rows);
    const Tensor attended = nn::attention(heads(attn.to_q.forward(x)), heads(attn.to_k.forward(x)), heads(attn.to_v.forward(x)));
    add_gated(text.rows, attn.to_out._0.forward(attended.flatten(2)), modulation, kGate);
    add_gated(text.rows, ff.forward(norm2.forward(text.rows)), modulation, kFeedForwardGate);
}

}  // namespace headroom::models::hunyuan_video

#include "core/models/wan/transformer_block.h"

#include <utility>

#include <ATen/ops/gelu.h>

#include "core/nn/attention.h"
#include "core/nn/gated_add.h"
#include "core/nn/rope.h"
#include "core/nn/row_chunks.h"

namespace headroom::models::wan {

namespace {

/// Rows of the modulation table, in the checkpoint's order.
enum ModulationRow : std::int64_t {
    kShift,
    kScale,
    kGate,
    kFeedForwardShift,
    kFeedForwardScale,
    kFeedForwardGate,
    kModulationRows
};

}  // namespace

void Attention::declare(const nn::Declare& declare, const TransformerConfig& config)
{
    const std::int64_t dim = config.inner_dim();
    heads = config.num_attention_heads;
    to_q.declare(declare.at("to_q"), dim, dim);
    to_k.declare(declare.at("to_k"), dim, dim);
    to_v.declare(declare.at("to_v"), dim, dim);
    norm_q.declare(declare.at("norm_q"), dim, config.eps);
    norm_k.declare(declare.at("norm_k"), dim, config.eps);
    to_out._0.declare(declare.at("to_out").at("0"), dim, dim);
}

Tensor Attention::query(const Tensor& x) const
{
    Tensor query = to_q.forward(x);
    norm_q.forward_in_place(query);
    return query.unflatten(2, {heads, -1});  // [batch, rows, heads, head_dim]
}

Tensor Attention::key(const Tensor& x) const
{
    Tensor key = to_k.forward(x);
    norm_k.forward_in_place(key);
    return key.unflatten(2, {heads, -1});  // [batch, rows, heads, head_dim]
}

Tensor Attention::value(const Tensor& x) const
{
    return to_v.forward(x).unflatten(2, {heads, -1});  // [batch, rows, heads, head_dim]
}

Tensor Attention::out(const Tensor& joined) const
{
    return to_out._0.forward(joined.flatten(2));  // [batch, rows, dim]
}

void FeedForward::declare(const nn::Declare& declare, std::int64_t dim, std::int64_t inner_dim)
{
    net._0.proj.declare(declare.at("net").at("0").at("proj"), dim, inner_dim);
    net._2.declare(declare.at("net").at("2"), inner_dim, dim);
}

Tensor FeedForward::forward(const Tensor& x) const
{
    Tensor inner = net._0.proj.forward(x);  // [batch, rows, ffn_dim]
    at::gelu_(inner, "tanh");
    return net._2.forward(inner);
}

TransformerBlock::TransformerBlock(const TransformerConfig& config, std::int64_t index) : m_eps(config.eps)
{
    parameters.name = fmt::format("blocks.{}", index);
    const nn::Declare declare(parameters, parameters.name + ".");
    declare.in_float32()(scale_shift_table, "scale_shift_table", {1, kModulationRows, config.inner_dim()});
    attn1.declare(declare.at("attn1"), config);
    attn2.declare(declare.at("attn2"), config);
    if (config.cross_attn_norm) norm2.declare(declare.at("norm2").in_float32(), config.inner_dim(), config.eps);
    ffn.declare(declare.at("ffn"), config.inner_dim(), config.ffn_dim);
}

Tensor TransformerBlock::modulation(const Tensor& time_modulation) const
{
    return scale_shift_table.value.add(time_modulation)[0];
}

KeyValue TransformerBlock::project_text(const Tensor& text) const
{
    return {.key = attn2.key(text), .value = attn2.value(text)};
}

void TransformerBlock::attend_to_self(const Tensor& hidden, const Tensor& modulation, const Tensor& rotations) const
{
    Tensor normed = nn::layer_norm(hidden, modulation[kScale].add(1.0), modulation[kShift], m_eps);
    nn::gated_add_in_place(hidden, self_attention(std::move(normed), rotations), modulation[kGate]);
}

Tensor TransformerBlock::self_attention(Tensor normed, const Tensor& rotations) const
{
    Tensor query = attn1.query(normed);
    nn::rotate_in_place(query, rotations);
    Tensor key = attn1.key(normed);
    nn::rotate_in_place(key, rotations);
    Tensor value = attn1.value(normed);
    normed.reset();
    const Tensor joined = nn::attention(query, key, value);
    query.reset();
    key.reset();
    value.reset();
    return attn1.out(joined);
}

void TransformerBlock::attend_to_text(const Tensor& hidden, const KeyValue& text, const Tensor& key_bias) const
{
    Tensor query = attn2.query(norm2.weight.value.defined() ? norm2.forward(hidden) : hidden);
    const Tensor joined = nn::attention(query, text.key, text.value, key_bias);
    query.reset();
    hidden.add_(attn2.out(joined));
}

void TransformerBlock::feed_forward(const Tensor& hidden, const Tensor& modulation, std::int64_t rows) const
{
    const Tensor scale = modulation[kFeedForwardScale].add(1.0);
    nn::for_row_chunks(hidden.size(1), rows, [&](std::int64_t start, std::int64_t count) {
        const Tensor part = hidden.narrow(1, start, count);
        const Tensor fed = ffn.forward(nn::layer_norm(part, scale, modulation[kFeedForwardShift], m_eps));
        nn::gated_add_in_place(part, fed, modulation[kFeedForwardGate]);
    });
}

}  // namespace headroom::models::wan

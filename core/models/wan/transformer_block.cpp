#include "core/models/wan/transformer_block.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/gelu.h>

#include "core/nn/attention.h"
#include "core/nn/gated_add.h"
#include "core/nn/rope.h"

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

Tensor Attention::query(Tensor x) const
{
    Tensor query = to_q.forward(x);
    x.reset();
    norm_q.forward_in_place(query);
    return query.unflatten(2, {heads, -1});  // [batch, rows, heads, head_dim]
}

Tensor Attention::key(Tensor x) const
{
    Tensor key = to_k.forward(x);
    x.reset();
    norm_k.forward_in_place(key);
    return key.unflatten(2, {heads, -1});  // [batch, rows, heads, head_dim]
}

Tensor Attention::value(const Tensor& x) const
{
    return to_v.forward(x).unflatten(2, {heads, -1});  // [batch, rows, heads, head_dim]
}

Tensor Attention::key_of(HeadRange range, const Tensor& x, const Tensor& inverse_rms) const
{
    const std::int64_t head_dim = to_k.weight.value.size(0) / heads;
    const Tensor key = to_k.forward_slice(x, range.first * head_dim, range.count * head_dim);
    norm_k.scale_in_place(key, inverse_rms, range.first * head_dim);
    return key.unflatten(2, {range.count, -1});  // [batch, rows, heads of the range, head_dim]
}

Tensor Attention::value_of(HeadRange range, const Tensor& x) const
{
    const std::int64_t head_dim = to_v.weight.value.size(0) / heads;
    return to_v.forward_slice(x, range.first * head_dim, range.count * head_dim).unflatten(2, {range.count, -1});
}

Tensor Attention::key_inverse_rms(const Tensor& x) const
{
    return norm_k.inverse_rms(to_k.forward(x));
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

void TransformerBlock::attend_to_self(const Tensor& hidden, const Tensor& modulation, const Tensor& rotations,
                                      const TokenPieces& pieces, int head_groups) const
{
    const std::int64_t heads_per_group = (attn1.heads + head_groups - 1) / head_groups;
    if (heads_per_group >= attn1.heads) {
        attend_at_once(hidden, modulation, rotations, pieces);
    } else {
        attend_in_groups(hidden, modulation, rotations, pieces, heads_per_group);
    }
}

void TransformerBlock::attend_at_once(const Tensor& hidden, const Tensor& modulation, const Tensor& rotations,
                                      const TokenPieces& pieces) const
{
    // A token's queries need only its own row and the result goes only there: once all keys and values are there, hidden can be
    // overwritten piece by piece.
    Assembled keys(pieces.tokens());
    Assembled values(pieces.tokens());
    pieces.each([&](std::int64_t start, std::int64_t rows) {
        Tensor x = self_input(hidden.narrow(1, start, rows), modulation);
        values.put(start, attn1.value(x));
        Tensor key = attn1.key(std::move(x));
        nn::rotate_in_place(key, rotations.narrow(0, start, rows));
        keys.put(start, std::move(key));
    });
    pieces.each([&](std::int64_t start, std::int64_t rows) {
        const Tensor part = hidden.narrow(1, start, rows);
        Tensor query = attn1.query(self_input(part, modulation));
        nn::rotate_in_place(query, rotations.narrow(0, start, rows));
        const Tensor joined = nn::attention(query, keys.whole(), values.whole());
        query.reset();
        nn::gated_add_in_place(part, attn1.out(joined), modulation[kGate]);
    });
}

void TransformerBlock::attend_in_groups(const Tensor& hidden, const Tensor& modulation, const Tensor& rotations,
                                        const TokenPieces& pieces, std::int64_t heads_per_group) const
{
    Assembled queries(pieces.tokens());
    Assembled inverse_rms(pieces.tokens());
    pieces.each([&](std::int64_t start, std::int64_t rows) {
        Tensor x = self_input(hidden.narrow(1, start, rows), modulation);
        inverse_rms.put(start, attn1.key_inverse_rms(x));
        Tensor query = attn1.query(std::move(x));
        nn::rotate_in_place(query, rotations.narrow(0, start, rows));
        queries.put(start, std::move(query));
    });
    const Tensor joined = queries.whole();  // [batch, tokens, heads, head_dim]: queries until their group is done
    for (std::int64_t first = 0; first < attn1.heads; first += heads_per_group) {
        const HeadRange range{first, std::min(heads_per_group, attn1.heads - first)};
        const KeyValue group = keys_of_group(range, hidden, modulation, rotations, inverse_rms.whole(), pieces);
        pieces.each([&](std::int64_t start, std::int64_t rows) {
            const Tensor part = joined.narrow(1, start, rows).narrow(2, range.first, range.count);
            part.copy_(nn::attention(part, group.key, group.value));
        });
    }
    pieces.each([&](std::int64_t start, std::int64_t rows) {
        nn::gated_add_in_place(hidden.narrow(1, start, rows), attn1.out(joined.narrow(1, start, rows)), modulation[kGate]);
    });
}

KeyValue TransformerBlock::keys_of_group(HeadRange range, const Tensor& hidden, const Tensor& modulation, const Tensor& rotations,
                                         const Tensor& inverse_rms, const TokenPieces& pieces) const
{
    Assembled keys(pieces.tokens());
    Assembled values(pieces.tokens());
    pieces.each([&](std::int64_t start, std::int64_t rows) {
        const Tensor x = self_input(hidden.narrow(1, start, rows), modulation);
        Tensor key = attn1.key_of(range, x, inverse_rms.narrow(1, start, rows));
        nn::rotate_in_place(key, rotations.narrow(0, start, rows));
        keys.put(start, std::move(key));
        values.put(start, attn1.value_of(range, x));
    });
    return {.key = keys.whole(), .value = values.whole()};
}

Tensor TransformerBlock::self_input(const Tensor& hidden, const Tensor& modulation) const
{
    return nn::layer_norm(hidden, modulation[kScale].add(1.0), modulation[kShift], m_eps);
}

void TransformerBlock::attend_to_text(const Tensor& hidden, const KeyValue& text, const Tensor& key_bias,
                                      const TokenPieces& pieces) const
{
    pieces.each([&](std::int64_t start, std::int64_t rows) {
        const Tensor part = hidden.narrow(1, start, rows);
        Tensor query = attn2.query(norm2.weight.value.defined() ? norm2.forward(part) : part);
        const Tensor joined = nn::attention(query, text.key, text.value, key_bias);
        query.reset();
        part.add_(attn2.out(joined));
    });
}

void TransformerBlock::feed_forward(const Tensor& hidden, const Tensor& modulation, const TokenPieces& pieces) const
{
    const Tensor scale = modulation[kFeedForwardScale].add(1.0);
    pieces.each([&](std::int64_t start, std::int64_t rows) {
        const Tensor part = hidden.narrow(1, start, rows);
        const Tensor fed = ffn.forward(nn::layer_norm(part, scale, modulation[kFeedForwardShift], m_eps));
        nn::gated_add_in_place(part, fed, modulation[kFeedForwardGate]);
    });
}

}  // namespace headroom::models::wan

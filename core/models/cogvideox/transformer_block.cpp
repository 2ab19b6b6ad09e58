#include "core/models/cogvideox/transformer_block.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/empty_like.h>
#include <ATen/ops/gelu.h>

#include "core/nn/attention.h"
#include "core/nn/gated_add.h"
#include "core/nn/rope.h"
#include "core/nn/row_chunks.h"

namespace headroom::models::cogvideox {

namespace {

// The reference gives it whatever norm_eps says.
constexpr double kHeadNormEps = 1e-6;
constexpr std::int64_t kFeedForwardRatio = 4;

/// x: [batch, rows, heads, head_dim], each head's channels normalised in place.
void normalise_heads(const Tensor& x, const nn::LayerNorm& norm)
{
    const Tensor scale = norm.weight.value.to(at::kFloat);
    const Tensor shift = norm.bias.value.to(at::kFloat);
    nn::for_row_chunks(x.size(1), nn::kChunkRows, [&](std::int64_t start, std::int64_t rows) {
        const Tensor part = x.narrow(1, start, rows);
        part.copy_(nn::layer_norm(part, scale, shift, norm.eps));
    });
}

void rotate(Tensor& x, const JointPiece& piece, const JointLayout& layout)
{
    if (piece.stream == Stream::Text || !layout.rotations.defined()) return;
    nn::rotate_in_place(x, layout.rotations.narrow(0, piece.start - layout.text_tokens, piece.rows));
}

Tensor normed(const JointPiece& piece, const Tensor& hidden, const Modulation& modulation, double eps)
{
    const StreamModulation& stream = modulation.of(piece.stream);
    return nn::layer_norm(piece.of(hidden), stream.scale, stream.shift, eps);
}

}  // namespace

StreamModulation modulated(const nn::LayerNorm& norm, const Tensor& shift, const Tensor& scale, const Tensor& gate)
{
    const Tensor factor = scale.to(at::kFloat).add(1.0);
    return {.scale = norm.weight.value.to(at::kFloat).mul(factor),
            .shift = norm.bias.value.to(at::kFloat).mul(factor).add_(shift.to(at::kFloat)),
            .gate = gate.defined() ? gate.to(at::kFloat) : gate};
}

void ModulatedNorm::declare(const nn::Declare& declare, const TransformerConfig& config)
{
    linear.declare(declare.at("linear"), config.time_embed_dim, 6 * config.inner_dim());
    norm.declare(declare.at("norm"), config.inner_dim(), config.norm_eps);
}

Modulation ModulatedNorm::modulation(const Tensor& time) const
{
    const Tensor rows = linear.forward(time).view({6, -1});  // of the video shift, scale, gate; the same of the text
    return {.text = modulated(norm, rows[3], rows[4], rows[5]), .video = modulated(norm, rows[0], rows[1], rows[2])};
}

void Attention::declare(const nn::Declare& declare, const TransformerConfig& config)
{
    const std::int64_t dim = config.inner_dim();
    const auto bias = config.attention_bias ? nn::Linear::Bias::Yes : nn::Linear::Bias::No;
    heads = config.num_attention_heads;
    to_q.declare(declare.at("to_q"), dim, dim, bias);
    to_k.declare(declare.at("to_k"), dim, dim, bias);
    to_v.declare(declare.at("to_v"), dim, dim, bias);
    norm_q.declare(declare.at("norm_q"), config.attention_head_dim, kHeadNormEps);
    norm_k.declare(declare.at("norm_k"), config.attention_head_dim, kHeadNormEps);
    to_out._0.declare(declare.at("to_out").at("0"), dim, dim);
}

Tensor Attention::query_of(HeadRange range, Tensor x) const
{
    const std::int64_t head_dim = norm_q.weight.value.size(0);
    const Tensor query =
        to_q.forward_slice(x, range.first * head_dim, range.count * head_dim).unflatten(2, {range.count, head_dim});
    x.reset();
    normalise_heads(query, norm_q);
    return query;
}

Tensor Attention::key_of(HeadRange range, Tensor x) const
{
    const std::int64_t head_dim = norm_k.weight.value.size(0);
    const Tensor key =
        to_k.forward_slice(x, range.first * head_dim, range.count * head_dim).unflatten(2, {range.count, head_dim});
    x.reset();
    normalise_heads(key, norm_k);
    return key;
}

Tensor Attention::value_of(HeadRange range, const Tensor& x) const
{
    const std::int64_t head_dim = norm_k.weight.value.size(0);
    return to_v.forward_slice(x, range.first * head_dim, range.count * head_dim).unflatten(2, {range.count, head_dim});
}

Tensor Attention::out(const Tensor& joined) const
{
    return to_out._0.forward(joined.flatten(2));  // [batch, rows, dim]
}

void FeedForward::declare(const nn::Declare& declare, std::int64_t dim)
{
    net._0.proj.declare(declare.at("net").at("0").at("proj"), dim, kFeedForwardRatio * dim);
    net._2.declare(declare.at("net").at("2"), kFeedForwardRatio * dim, dim);
}

Tensor FeedForward::forward(const Tensor& x) const
{
    Tensor inner = net._0.proj.forward(x);  // [batch, rows, 4 dim]
    at::gelu_(inner, "tanh");
    return net._2.forward(inner);
}

TransformerBlock::TransformerBlock(const TransformerConfig& config, std::int64_t index)
{
    parameters.name = fmt::format("transformer_blocks.{}", index);
    const nn::Declare declare(parameters, parameters.name + ".");
    norm1.declare(declare.at("norm1"), config);
    attn1.declare(declare.at("attn1"), config);
    norm2.declare(declare.at("norm2"), config);
    ff.declare(declare.at("ff"), config.inner_dim());
}

void TransformerBlock::attend(const Tensor& hidden, const Tensor& time, const JointLayout& layout) const
{
    const Modulation modulation = norm1.modulation(time);
    const std::int64_t heads_per_group = (attn1.heads + layout.head_groups - 1) / layout.head_groups;
    if (heads_per_group >= attn1.heads) {
        attend_at_once(hidden, modulation, layout);
    } else {
        attend_in_groups(hidden, modulation, layout, heads_per_group);
    }
}

void TransformerBlock::attend_at_once(const Tensor& hidden, const Modulation& modulation, const JointLayout& layout) const
{
    // A token's queries need only its own row and the result goes only there: once all keys and values are there, hidden can be
    // overwritten piece by piece.
    const HeadRange all{0, attn1.heads};
    const KeyValue keys = keys_of(all, hidden, modulation, layout);
    layout.each([&](const JointPiece& piece) {
        Tensor query = query_of(all, piece, hidden, modulation, layout);
        const Tensor joined = nn::attention(query, keys.key, keys.value);
        query.reset();
        nn::gated_add_in_place(piece.of(hidden), attn1.out(joined), modulation.of(piece.stream).gate);
    });
}

void TransformerBlock::attend_in_groups(const Tensor& hidden, const Modulation& modulation, const JointLayout& layout,
                                        std::int64_t heads_per_group) const
{
    Tensor joined;  // [batch, tokens, heads, head_dim]
    for (std::int64_t first = 0; first < attn1.heads; first += heads_per_group) {
        const HeadRange range{first, std::min(heads_per_group, attn1.heads - first)};
        const KeyValue keys = keys_of(range, hidden, modulation, layout);
        if (!joined.defined()) joined = at::empty_like(hidden).unflatten(2, {attn1.heads, -1});
        layout.each([&](const JointPiece& piece) {
            const Tensor query = query_of(range, piece, hidden, modulation, layout);
            piece.of(joined).narrow(2, range.first, range.count).copy_(nn::attention(query, keys.key, keys.value));
        });
    }
    layout.each([&](const JointPiece& piece) {
        nn::gated_add_in_place(piece.of(hidden), attn1.out(piece.of(joined)), modulation.of(piece.stream).gate);
    });
}

TransformerBlock::KeyValue TransformerBlock::keys_of(HeadRange range, const Tensor& hidden, const Modulation& modulation,
                                                     const JointLayout& layout) const
{
    Assembled keys(layout.tokens());
    Assembled values(layout.tokens());
    layout.each([&](const JointPiece& piece) {
        Tensor x = normed(piece, hidden, modulation, norm1.norm.eps);
        values.put(piece.start, attn1.value_of(range, x));
        Tensor key = attn1.key_of(range, std::move(x));
        rotate(key, piece, layout);
        keys.put(piece.start, std::move(key));
    });
    return {.key = keys.whole(), .value = values.whole()};
}

Tensor TransformerBlock::query_of(HeadRange range, const JointPiece& piece, const Tensor& hidden, const Modulation& modulation,
                                  const JointLayout& layout) const
{
    Tensor query = attn1.query_of(range, normed(piece, hidden, modulation, norm1.norm.eps));
    rotate(query, piece, layout);
    return query;
}

void TransformerBlock::feed_forward(const Tensor& hidden, const Tensor& time, const JointLayout& layout) const
{
    const Modulation modulation = norm2.modulation(time);
    layout.each([&](const JointPiece& piece) {
        const Tensor fed = ff.forward(normed(piece, hidden, modulation, norm2.norm.eps));
        nn::gated_add_in_place(piece.of(hidden), fed, modulation.of(piece.stream).gate);
    });
}

}  // namespace headroom::models::cogvideox

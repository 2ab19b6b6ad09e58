#include "core/models/hunyuan_video/joint_attention.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/empty.h>

#include "core/models/hunyuan_video/transformer_layers.h"
#include "core/nn/attention.h"
#include "core/nn/rope.h"

namespace headroom::models::hunyuan_video {

namespace {

/// Puts parts of [batch, rows, some heads, head_dim] into one tensor of all tokens and heads.
class AllHeads {
public:
    AllHeads(std::int64_t tokens, std::int64_t heads) : m_tokens(tokens), m_heads(heads) {}

    void put(const JointPiece& piece, HeadRange range, const Tensor& part)
    {
        if (!m_whole.defined()) m_whole = at::empty({part.size(0), m_tokens, m_heads, part.size(3)}, part.options());
        piece.of(m_whole).narrow(2, range.first, range.count).copy_(part);
    }
    const Tensor& whole() const { return m_whole; }

private:
    std::int64_t m_tokens;
    std::int64_t m_heads;
    Tensor m_whole;
};

}  // namespace

void Projections::declare(const nn::Declare& declare, const TransformerConfig& config, const Names& names)
{
    const std::int64_t dim = config.inner_dim();
    query.declare(declare.at(names.query), dim, dim);
    key.declare(declare.at(names.key), dim, dim);
    value.declare(declare.at(names.value), dim, dim);
    norm_query.declare(declare.at(names.norm_query), config.attention_head_dim, kEps);
    norm_key.declare(declare.at(names.norm_key), config.attention_head_dim, kEps);
}

Tensor Projections::query_of(HeadRange range, Tensor x) const
{
    Tensor of_heads = query.forward_slice(x, range.first * head_dim(), range.count * head_dim()).unflatten(2, {range.count, -1});
    x.reset();
    norm_query.forward_in_place(of_heads);
    return of_heads;  // [batch, rows, range.count, head_dim]
}

Tensor Projections::key_of(HeadRange range, Tensor x) const
{
    Tensor of_heads = key.forward_slice(x, range.first * head_dim(), range.count * head_dim()).unflatten(2, {range.count, -1});
    x.reset();
    norm_key.forward_in_place(of_heads);
    return of_heads;  // [batch, rows, range.count, head_dim]
}

Tensor Projections::value_of(HeadRange range, const Tensor& x) const
{
    return value.forward_slice(x, range.first * head_dim(), range.count * head_dim()).unflatten(2, {range.count, -1});
}

void JointAttention::run(const Normed& normed, const Take& take) const
{
    const std::int64_t heads_per_group = (heads + layout.head_groups - 1) / layout.head_groups;
    const HeadRange all{0, heads};
    if (heads_per_group >= heads) {
        // A token's queries need only its own row and the result goes only there: once all keys and values are there, rows can be
        // overwritten piece by piece.
        const KeyValue keys = keys_of(all, normed);
        layout.pieces.each([&](const JointPiece& piece) { take(piece, attend(all, piece, keys, normed)); });
        return;
    }
    AllHeads attended(layout.pieces.tokens(), heads);
    for (std::int64_t first = 0; first < heads; first += heads_per_group) {
        const HeadRange range{first, std::min(heads_per_group, heads - first)};
        const KeyValue keys = keys_of(range, normed);
        layout.pieces.each([&](const JointPiece& piece) { attended.put(piece, range, attend(range, piece, keys, normed)); });
    }
    layout.pieces.each([&](const JointPiece& piece) { take(piece, piece.of(attended.whole())); });
}

void JointAttention::rotate(Tensor& x, const JointPiece& piece) const
{
    if (piece.stream == Stream::Image) nn::rotate_in_place(x, layout.rotations.narrow(0, piece.start, piece.rows));
}

JointAttention::KeyValue JointAttention::keys_of(HeadRange range, const Normed& normed) const
{
    Assembled keys(layout.pieces.tokens());
    Assembled values(layout.pieces.tokens());
    layout.pieces.each([&](const JointPiece& piece) {
        Tensor x = normed(piece);
        values.put(piece.start, of(piece).value_of(range, x));
        Tensor key = of(piece).key_of(range, std::move(x));
        rotate(key, piece);
        keys.put(piece.start, std::move(key));
    });
    return {.key = keys.whole(), .value = values.whole()};
}

Tensor JointAttention::attend(HeadRange range, const JointPiece& piece, const KeyValue& keys, const Normed& normed) const
{
    Tensor query = of(piece).query_of(range, normed(piece));
    rotate(query, piece);
    return nn::attention(query, keys.key, keys.value);
}

}  // namespace headroom::models::hunyuan_video

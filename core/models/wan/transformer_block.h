#pragma once

#include "core/models/token_pieces.h"
#include "core/models/wan/transformer_config.h"
#include "core/nn/layer_norm.h"
#include "core/nn/linear.h"
#include "core/nn/parameter.h"
#include "core/nn/rms_norm.h"

namespace headroom::models::wan {

/// Keys and values of the text for one block's cross-attention, each [batch, text_rows, heads, head_dim].
struct KeyValue {
    Tensor key;
    Tensor value;
};

/// Neighbouring heads of an attention.
struct HeadRange {
    std::int64_t first = 0;
    std::int64_t count = 0;
};

/// Projections and norms of one attention. Queries and keys are normalised across all heads, before these are split;
/// diffusers does so whatever `qk_norm` says.
struct Attention {
    nn::Linear to_q;
    nn::Linear to_k;
    nn::Linear to_v;
    nn::RmsNorm norm_q;
    nn::RmsNorm norm_k;
    struct {
        nn::Linear _0;
    } to_out;
    std::int64_t heads = 1;

    void declare(const nn::Declare& declare, const TransformerConfig& config);

    /// x: [batch, rows, dim] → [batch, rows, heads, head_dim]. Move x in to have it freed before the norm needs memory.
    Tensor query(Tensor x) const;
    Tensor key(Tensor x) const;
    Tensor value(const Tensor& x) const;
    /// Keys and values of some heads only: [batch, rows, dim] → [batch, rows, heads.count, head_dim]. inverse_rms: of all heads'
    /// keys of these rows (key_inverse_rms), since the norm is over all of them.
    Tensor key_of(HeadRange range, const Tensor& x, const Tensor& inverse_rms) const;
    Tensor value_of(HeadRange range, const Tensor& x) const;
    /// [batch, rows, dim] → [batch, rows, 1], float32.
    Tensor key_inverse_rms(const Tensor& x) const;
    /// joined: [batch, rows, heads, head_dim] → [batch, rows, dim].
    Tensor out(const Tensor& joined) const;
};

/// linear → GELU (tanh) → linear.
struct FeedForward {
    struct {
        struct {
            nn::Linear proj;
        } _0;
        nn::Linear _2;
    } net;

    void declare(const nn::Declare& declare, std::int64_t dim, std::int64_t inner_dim);

    /// x: [batch, rows, dim] → the same shape.
    Tensor forward(const Tensor& x) const;
};

/// One block: self-attention with rotary positions, cross-attention to the text, feed-forward; the first and the last are
/// modulated by the timestep. Members are named as the checkpoint's keys. Source: diffusers 0.42.1, transformer_wan.py,
/// WanTransformerBlock.
class TransformerBlock {
public:
    /// Declares the weights of `blocks.<index>` into `parameters`.
    TransformerBlock(const TransformerConfig& config, std::int64_t index);
    TransformerBlock(const TransformerBlock&) = delete;
    TransformerBlock& operator=(const TransformerBlock&) = delete;

    /// The unit that is acquired and released.
    nn::ParameterBlock parameters;

    /// The block's modulation at one timestep: time_modulation [1, 6, dim] → [6, dim], float32. Needs the block's weights, as
    /// do all below.
    Tensor modulation(const Tensor& time_modulation) const;

    /// text: [batch, text_rows, dim] → its keys and values for this block.
    KeyValue project_text(const Tensor& text) const;

    // The three parts of the block in their order, each adding to hidden: [batch, tokens, dim] in place. Their peaks are in units
    // of hidden's size T, itself included; c is a piece's share of the tokens, g the number of head groups.

    /// rotations: [tokens, head_dim / 2], complex64. In one group: hidden, keys, values, and of a piece queries and result: 3 +
    /// 2c. In several: hidden, queries that are overwritten by their results, and a group's keys and values: 2 + 2/g + c (1 +
    /// 1/g); the price is one more projection to keys, since their norm is over all heads.
    void attend_to_self(const Tensor& hidden, const Tensor& modulation, const Tensor& rotations, const TokenPieces& pieces,
                        int head_groups) const;
    /// key_bias: as nn::attention's. 1 + 2c.
    void attend_to_text(const Tensor& hidden, const KeyValue& text, const Tensor& key_bias, const TokenPieces& pieces) const;
    /// 1 + c (2 + ffn_dim / dim).
    void feed_forward(const Tensor& hidden, const Tensor& modulation, const TokenPieces& pieces) const;

private:
    void attend_at_once(const Tensor& hidden, const Tensor& modulation, const Tensor& rotations, const TokenPieces& pieces) const;
    void attend_in_groups(const Tensor& hidden, const Tensor& modulation, const Tensor& rotations, const TokenPieces& pieces,
                          std::int64_t heads_per_group) const;
    KeyValue keys_of_group(HeadRange range, const Tensor& hidden, const Tensor& modulation, const Tensor& rotations,
                           const Tensor& inverse_rms, const TokenPieces& pieces) const;
    Tensor self_input(const Tensor& hidden, const Tensor& modulation) const;

    Attention attn1;
    Attention attn2;
    nn::LayerNorm norm2;
    FeedForward ffn;
    nn::Parameter scale_shift_table;
    double m_eps;
};

}  // namespace headroom::models::wan

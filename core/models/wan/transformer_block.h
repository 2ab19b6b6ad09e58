#pragma once

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

    /// x: [batch, rows, dim] → [batch, rows, heads, head_dim].
    Tensor query(const Tensor& x) const;
    Tensor key(const Tensor& x) const;
    Tensor value(const Tensor& x) const;
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

    /// The three parts of the block in their order, each adding to hidden: [batch, tokens, dim] in place.
    /// rotations: [tokens, head_dim / 2], complex64.
    void attend_to_self(const Tensor& hidden, const Tensor& modulation, const Tensor& rotations) const;
    /// key_bias: as nn::attention's.
    void attend_to_text(const Tensor& hidden, const KeyValue& text, const Tensor& key_bias) const;
    /// `rows` tokens at a time: fewer need less memory, each is computed alike.
    void feed_forward(const Tensor& hidden, const Tensor& modulation, std::int64_t rows) const;

private:
    Tensor self_attention(Tensor normed, const Tensor& rotations) const;

    Attention attn1;
    Attention attn2;
    nn::LayerNorm norm2;
    FeedForward ffn;
    nn::Parameter scale_shift_table;
    double m_eps;
};

}  // namespace headroom::models::wan

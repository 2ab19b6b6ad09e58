#pragma once

#include "core/models/cogvideox/transformer_config.h"
#include "core/models/token_pieces.h"
#include "core/nn/layer_norm.h"
#include "core/nn/linear.h"
#include "core/nn/parameter.h"

namespace headroom::models::cogvideox {

/// The two kinds of tokens. In the joint sequence the text's come first.
enum class Stream { Text, Video };

/// Neighbouring tokens of one stream, counted in the joint sequence.
struct JointPiece {
    Stream stream = Stream::Video;
    std::int64_t start = 0;
    std::int64_t rows = 0;

    /// joint: [batch, tokens, ...] → these tokens of it, a view.
    Tensor of(const Tensor& joint) const { return joint.narrow(1, start, rows); }
};

/// The joint sequence, how it is cut into pieces, and where its video tokens are.
struct JointLayout {
    std::int64_t text_tokens = 0;
    TokenPieces video;
    Tensor rotations;  ///< [video tokens, head_dim / 2], complex64; undefined where positions are added instead.
    int head_groups = 1;

    std::int64_t tokens() const { return text_tokens + video.tokens(); }

    /// Calls `work(JointPiece)` for each piece in its order: the text, which is one, then those of the video.
    template <typename Work>
    void each(const Work& work) const
    {
        work(JointPiece{Stream::Text, 0, text_tokens});
        video.each([&](std::int64_t start, std::int64_t rows) { work(JointPiece{Stream::Video, text_tokens + start, rows}); });
    }
};

/// Neighbouring heads of an attention.
struct HeadRange {
    std::int64_t first = 0;
    std::int64_t count = 0;
};

/// How the time shapes one stream in one part of a block, all [dim] in float32: the affine normalisation with the modulation in
/// it, and the gate of what comes out.
struct StreamModulation {
    Tensor scale;
    Tensor shift;
    Tensor gate;
};

struct Modulation {
    StreamModulation text;
    StreamModulation video;

    const StreamModulation& of(Stream stream) const { return stream == Stream::Text ? text : video; }
};

/// A normalisation that the time modulates, of both streams. Keys: `linear`, `norm`. Source: diffusers 0.42.1, normalization.py,
/// CogVideoXLayerNormZero; the norm's weights and the modulation are one affine map here, rounded once.
struct ModulatedNorm {
    nn::Linear linear;
    nn::LayerNorm norm;

    void declare(const nn::Declare& declare, const TransformerConfig& config);
    /// time: SiLU of the time embedding, [1, time_embed_dim].
    Modulation modulation(const Tensor& time) const;
};

/// The affine normalisation of `norm` followed by x · (1 + scale) + shift, as one; scale, shift: [dim].
StreamModulation modulated(const nn::LayerNorm& norm, const Tensor& shift, const Tensor& scale, const Tensor& gate);

/// Attention of all tokens to each other, with a layer norm of each head's queries and keys.
struct Attention {
    nn::Linear to_q;
    nn::Linear to_k;
    nn::Linear to_v;
    nn::LayerNorm norm_q;
    nn::LayerNorm norm_k;
    struct {
        nn::Linear _0;
    } to_out;
    std::int64_t heads = 1;

    void declare(const nn::Declare& declare, const TransformerConfig& config);

    // Of some heads: [batch, rows, dim] → [batch, rows, range.count, head_dim]. Move x in to have it freed before the norm needs
    // memory.
    Tensor query_of(HeadRange range, Tensor x) const;
    Tensor key_of(HeadRange range, Tensor x) const;
    Tensor value_of(HeadRange range, const Tensor& x) const;
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

    void declare(const nn::Declare& declare, std::int64_t dim);

    /// x: [batch, rows, dim] → the same shape.
    Tensor forward(const Tensor& x) const;
};

/// One block: joint attention of text and video, then a feed-forward that both share, each modulated by the timestep. Members are
/// named as the checkpoint's keys. Source: diffusers 0.42.1, cogvideox_transformer_3d.py, CogVideoXBlock.
class TransformerBlock {
public:
    /// Declares the weights of `transformer_blocks.<index>` into `parameters`.
    TransformerBlock(const TransformerConfig& config, std::int64_t index);
    TransformerBlock(const TransformerBlock&) = delete;
    TransformerBlock& operator=(const TransformerBlock&) = delete;

    /// The unit that is acquired and released.
    nn::ParameterBlock parameters;

    // Each part adds to hidden: [batch, text and video tokens, dim] in place. time: SiLU of the time embedding, [1,
    // time_embed_dim]. Peaks in units of hidden's size T, itself included; c is a piece's share of the tokens, g the number of
    // head groups.

    /// In one group hidden, keys, values, and of a piece queries and result: 3 + 2c. In several hidden, all results, a group's
    /// keys and values, and of a piece its input and queries: 2 + 2/g + c (1 + 1/g); the price is that the normalised input is
    /// made once more a group.
    void attend(const Tensor& hidden, const Tensor& time, const JointLayout& layout) const;
    /// 1 + 6c.
    void feed_forward(const Tensor& hidden, const Tensor& time, const JointLayout& layout) const;

private:
    struct KeyValue {
        Tensor key;
        Tensor value;
    };

    void attend_at_once(const Tensor& hidden, const Modulation& modulation, const JointLayout& layout) const;
    void attend_in_groups(const Tensor& hidden, const Modulation& modulation, const JointLayout& layout,
                          std::int64_t heads_per_group) const;
    KeyValue keys_of(HeadRange range, const Tensor& hidden, const Modulation& modulation, const JointLayout& layout) const;
    Tensor query_of(HeadRange range, const JointPiece& piece, const Tensor& hidden, const Modulation& modulation,
                    const JointLayout& layout) const;

    ModulatedNorm norm1;
    ModulatedNorm norm2;
    Attention attn1;
    FeedForward ff;
};

}  // namespace headroom::models::cogvideox

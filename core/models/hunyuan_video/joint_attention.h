#pragma once

#include <functional>

#include "core/models/hunyuan_video/transformer_config.h"
#include "core/models/token_pieces.h"
#include "core/nn/linear.h"
#include "core/nn/parameter.h"
#include "core/nn/rms_norm.h"

namespace headroom::models::hunyuan_video {

/// The two kinds of tokens. In the joint sequence the image's come first.
enum class Stream { Image, Text };

/// Neighbouring tokens of one stream, counted in the joint sequence.
struct JointPiece {
    Stream stream = Stream::Image;
    std::int64_t start = 0;
    std::int64_t rows = 0;

    /// joint: [batch, tokens, ...] → these tokens of it, a view.
    Tensor of(const Tensor& joint) const { return joint.narrow(1, start, rows); }
};

/// The joint sequence cut into pieces, none of which holds tokens of both streams.
class JointPieces {
public:
    /// rows: how many tokens a piece may have, as TokenPieces takes it.
    JointPieces(std::int64_t image_tokens, std::int64_t text_tokens, std::int64_t rows)
        : m_image(image_tokens, rows), m_text(text_tokens, rows)
    {
    }

    std::int64_t tokens() const { return m_image.tokens() + m_text.tokens(); }
    const TokenPieces& image() const { return m_image; }

    /// Calls `work(JointPiece)` for each piece in its order; a dry run walks few of those that are alike.
    template <typename Work>
    void each(const Work& work) const
    {
        m_image.each([&](std::int64_t start, std::int64_t rows) { work(JointPiece{Stream::Image, start, rows}); });
        m_text.each([&](std::int64_t start, std::int64_t rows) {
            work(JointPiece{Stream::Text, m_image.tokens() + start, rows});
        });
    }

private:
    TokenPieces m_image;
    TokenPieces m_text;
};

/// What all blocks are told of a pass.
struct JointLayout {
    JointPieces pieces;
    Tensor rotations;  ///< [image tokens, head_dim / 2], complex64.
    int head_groups = 1;
};

/// Neighbouring heads of an attention.
struct HeadRange {
    std::int64_t first = 0;
    std::int64_t count = 0;
};

/// Projections to queries, keys and values, with a norm for each head's queries and keys.
struct Projections {
    /// Their names in the checkpoint.
    struct Names {
        const char* query;
        const char* key;
        const char* value;
        const char* norm_query;
        const char* norm_key;
    };

    nn::Linear query;
    nn::Linear key;
    nn::Linear value;
    nn::RmsNorm norm_query;
    nn::RmsNorm norm_key;

    void declare(const nn::Declare& declare, const TransformerConfig& config, const Names& names);

    /// Some heads of x: [batch, rows, dim] → [batch, rows, range.count, head_dim]. Move x in to have it freed before the norm
    /// needs memory.
    Tensor query_of(HeadRange range, Tensor x) const;
    Tensor key_of(HeadRange range, Tensor x) const;
    Tensor value_of(HeadRange range, const Tensor& x) const;

private:
    std::int64_t head_dim() const { return norm_query.weight.shape.front(); }
};

/// Attention of image and text to each other, with rotary positions on the image's tokens alone. Source: diffusers 0.42.1,
/// transformer_hunyuan_video.py, HunyuanVideoAttnProcessor2_0; the text holds no padding, so there is no mask.
///
/// The owner's rows pass through two functions, both called piece by piece: `normed` gives a piece's input, more than once;
/// `take` gets what the piece's queries found, and may change the piece's own rows, whose input isn't asked for again but by
/// itself.
///
/// In units of a joint tensor's size T, without the owner's rows; c is a piece's share of the tokens, g the number of head
/// groups: in one group keys, values, and of a piece queries and result: 2 + 2c. In several all results and a group's keys and
/// values: 1 + 2/g + c (1 + 2/g), for no more products than in one.
struct JointAttention {
    using Normed = std::function<Tensor(const JointPiece&)>;
    /// attended: [batch, rows, heads, head_dim].
    using Take = std::function<void(const JointPiece&, const Tensor& attended)>;

    const Projections& image;
    const Projections& text;
    const JointLayout& layout;
    std::int64_t heads;

    void run(const Normed& normed, const Take& take) const;

private:
    struct KeyValue {
        Tensor key;
        Tensor value;
    };

    const Projections& of(const JointPiece& piece) const { return piece.stream == Stream::Image ? image : text; }
    void rotate(Tensor& x, const JointPiece& piece) const;
    KeyValue keys_of(HeadRange range, const Normed& normed) const;
    Tensor attend(HeadRange range, const JointPiece& piece, const KeyValue& keys, const Normed& normed) const;
};

}  // namespace headroom::models::hunyuan_video

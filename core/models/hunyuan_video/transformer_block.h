#pragma once

#include "core/models/hunyuan_video/joint_attention.h"
#include "core/models/hunyuan_video/transformer_config.h"
#include "core/models/hunyuan_video/transformer_layers.h"
#include "core/nn/linear.h"
#include "core/nn/parameter.h"

namespace headroom::models::hunyuan_video {

/// One block of two streams: image and text, each with weights of its own, attend to each other, then each passes its
/// feed-forward; both parts are modulated by the condition. Source: diffusers 0.42.1, transformer_hunyuan_video.py,
/// HunyuanVideoTransformerBlock.
class TransformerBlock {
public:
    /// Declares the weights of `transformer_blocks.<index>` into `parameters`.
    TransformerBlock(const TransformerConfig& config, std::int64_t index);
    TransformerBlock(const TransformerBlock&) = delete;
    TransformerBlock& operator=(const TransformerBlock&) = delete;

    /// The unit that is acquired and released.
    nn::ParameterBlock parameters;

    /// Adds to joint: [batch, image tokens + text tokens, dim] in place. condition: [items, dim], one item or one each. Needs the
    /// weights. In units of joint's size T, itself included, for pieces of a share c, g head groups and a feed-forward r times as
    /// wide: the higher of 3 + 2c (in groups 2 + 2/g + c (1 + 2/g)) and 1 + c (1 + r).
    void forward(const Tensor& joint, const Tensor& condition, const JointLayout& layout) const;

private:
    /// Of one stream.
    struct Weights {
        nn::Linear modulation;
        Projections projections;
        nn::Linear out;
        FeedForward feed_forward;

        struct Names;
        void declare(const nn::Declare& declare, const TransformerConfig& config, const Names& names);
    };

    const Weights& of(const JointPiece& piece) const { return piece.stream == Stream::Image ? m_image : m_text; }

    std::int64_t m_heads;
    Weights m_image;
    Weights m_text;
};

}  // namespace headroom::models::hunyuan_video

#pragma once

#include "core/models/hunyuan_video/joint_attention.h"
#include "core/models/hunyuan_video/transformer_config.h"
#include "core/nn/linear.h"
#include "core/nn/parameter.h"

namespace headroom::models::hunyuan_video {

/// One block of a single stream: image and text share the weights, and attention and feed-forward stand side by side on the same
/// input. Members are named as the checkpoint's keys. Source: diffusers 0.42.1, transformer_hunyuan_video.py,
/// HunyuanVideoSingleTransformerBlock.
class SingleTransformerBlock {
public:
    /// Declares the weights of `single_transformer_blocks.<index>` into `parameters`.
    SingleTransformerBlock(const TransformerConfig& config, std::int64_t index);
    SingleTransformerBlock(const SingleTransformerBlock&) = delete;
    SingleTransformerBlock& operator=(const SingleTransformerBlock&) = delete;

    /// The unit that is acquired and released.
    nn::ParameterBlock parameters;

    /// Adds to joint: [batch, image tokens + text tokens, dim] in place. condition: [items, dim], one item or one each. Needs the
    /// weights. proj_out takes attention and feed-forward as two products that are summed, so that no tensor holds both. In units
    /// of joint's size T, itself included, for pieces of a share c, g head groups and a feed-forward r times as wide: 3 + c (2 +
    /// r), in groups 2 + 2/g + c (1 + 2/g) or, where that is more, 2 + c (1 + r).
    void forward(const Tensor& joint, const Tensor& condition, const JointLayout& layout) const;

private:
    Tensor joined(Tensor x, const Tensor& attended) const;

    Projections attn;
    struct {
        nn::Linear linear;
    } norm;
    nn::Linear proj_mlp;
    nn::Linear proj_out;
    std::int64_t m_heads;
};

}  // namespace headroom::models::hunyuan_video

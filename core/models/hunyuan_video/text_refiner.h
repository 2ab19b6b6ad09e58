#pragma once

#include "core/models/hunyuan_video/transformer_config.h"
#include "core/models/hunyuan_video/transformer_layers.h"
#include "core/nn/layer_norm.h"
#include "core/nn/linear.h"
#include "core/nn/parameter.h"

namespace headroom::models::hunyuan_video {

/// A prompt on its way into the joint sequence.
struct TextRows {
    Tensor rows;       ///< [items, text tokens, dim].
    Tensor condition;  ///< [items, dim]: of the timestep and the mean of the prompt's rows.
};

/// What brings the text encoder's rows to the blocks' width: weights used once a step, since the refinement depends on the
/// timestep. Source: diffusers 0.42.1, transformer_hunyuan_video.py, HunyuanVideoTokenRefiner.
class TextEmbedder {
public:
    explicit TextEmbedder(const TransformerConfig& config);
    TextEmbedder(const TextEmbedder&) = delete;
    TextEmbedder& operator=(const TextEmbedder&) = delete;

    /// The unit that is acquired and released.
    nn::ParameterBlock parameters;

    /// text: [items, text tokens, text_embed_dim], any float dtype, without padding. Needs the weights.
    TextRows forward(const Tensor& text, double timestep) const;

private:
    struct {
        ConditionEmbedder time_text_embed;
        nn::Linear proj_in;
    } context_embedder;
};

/// One block in which the text attends to itself. Members are named as the checkpoint's keys. Source: as above,
/// HunyuanVideoIndividualTokenRefinerBlock.
class RefinerBlock {
public:
    /// Declares the weights of `context_embedder.token_refiner.refiner_blocks.<index>` into `parameters`, which is named
    /// `refiner_blocks.<index>`.
    RefinerBlock(const TransformerConfig& config, std::int64_t index);
    RefinerBlock(const RefinerBlock&) = delete;
    RefinerBlock& operator=(const RefinerBlock&) = delete;

    /// The unit that is acquired and released.
    nn::ParameterBlock parameters;

    /// Adds to the rows in place. Needs the weights.
    void forward(const TextRows& text) const;

private:
    nn::LayerNorm norm1;
    struct {
        nn::Linear to_q;
        nn::Linear to_k;
        nn::Linear to_v;
        struct {
            nn::Linear _0;
        } to_out;
    } attn;
    nn::LayerNorm norm2;
    FeedForward ff;
    struct {
        nn::Linear linear;
    } norm_out;
    std::int64_t m_heads;
};

}  // namespace headroom::models::hunyuan_video

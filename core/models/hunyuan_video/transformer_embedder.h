#pragma once

#include "core/models/hunyuan_video/transformer_config.h"
#include "core/models/hunyuan_video/transformer_layers.h"
#include "core/models/token_pieces.h"
#include "core/nn/linear.h"
#include "core/nn/parameter.h"

namespace headroom::models::hunyuan_video {

/// What turns latents into the blocks' rows, and timestep, guidance and pooled text into their condition: weights used once a
/// step. Members are named as the checkpoint's keys. Source: diffusers 0.42.1, transformer_hunyuan_video.py,
/// HunyuanVideoPatchEmbed and HunyuanVideoConditionEmbedding.
class InputEmbedder {
public:
    explicit InputEmbedder(const TransformerConfig& config);
    InputEmbedder(const InputEmbedder&) = delete;
    InputEmbedder& operator=(const InputEmbedder&) = delete;

    /// The unit that is acquired and released.
    nn::ParameterBlock parameters;

    /// A joint sequence with the image's rows filled in and the text's still without numbers. latents: [batch, channels, frames,
    /// height, width], any float dtype → [batch, image tokens + text_tokens, dim]. Needs the weights, as does embed_condition.
    Tensor embed_latents(const Tensor& latents, std::int64_t text_tokens, const TokenPieces& pieces) const;
    /// pooled: [items, pooled_projection_dim], any float dtype → [items, dim].
    Tensor embed_condition(double timestep, double guidance, const Tensor& pooled) const;

private:
    TransformerConfig m_config;
    struct {
        nn::Linear proj;
    } x_embedder;
    ConditionEmbedder time_text_embed;
};

}  // namespace headroom::models::hunyuan_video

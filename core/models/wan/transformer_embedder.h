#pragma once

#include "core/models/wan/transformer_config.h"
#include "core/nn/linear.h"
#include "core/nn/parameter.h"

namespace headroom::models::wan {

/// Two linear layers; what stands between them is the owner's.
struct TwoLinears {
    nn::Linear linear_1;
    nn::Linear linear_2;

    void declare(const nn::Declare& declare, std::int64_t in_features, std::int64_t features);
};

/// A timestep as the blocks and the head take it, in the run's dtype.
struct TimeEmbedding {
    Tensor time;        ///< [1, dim], for the head.
    Tensor modulation;  ///< [1, 6, dim], for every block.
};

/// What turns latents and the timestep into the blocks' input: weights used once a step.
/// Source: diffusers 0.42.1, transformer_wan.py, WanTransformer3DModel.patch_embedding and WanTimeTextImageEmbedding.
class InputEmbedder {
public:
    explicit InputEmbedder(const TransformerConfig& config);
    InputEmbedder(const InputEmbedder&) = delete;
    InputEmbedder& operator=(const InputEmbedder&) = delete;

    /// The unit that is acquired and released.
    nn::ParameterBlock parameters;

    /// The dtype that the run computes in. Needs the weights, as do the functions below.
    at::ScalarType compute_dtype() const { return patch_embedding.weight.value.scalar_type(); }
    /// latents: [batch, channels, frames, height, width], any float dtype → [batch, tokens, dim].
    Tensor embed_latents(const Tensor& latents) const;
    TimeEmbedding embed_time(double timestep) const;

private:
    TransformerConfig m_config;
    nn::Linear patch_embedding;
    struct {
        TwoLinears time_embedder;
        nn::Linear time_proj;
    } condition_embedder;
};

/// What turns the text encoder's rows into the blocks' width: weights used once a prompt.
class TextEmbedder {
public:
    explicit TextEmbedder(const TransformerConfig& config);
    TextEmbedder(const TextEmbedder&) = delete;
    TextEmbedder& operator=(const TextEmbedder&) = delete;

    /// The unit that is acquired and released.
    nn::ParameterBlock parameters;

    /// rows: [batch, rows, text_dim], any float dtype → [batch, rows, dim]. Needs the weights.
    Tensor forward(const Tensor& rows) const;

private:
    struct {
        TwoLinears text_embedder;
    } condition_embedder;
};

}  // namespace headroom::models::wan

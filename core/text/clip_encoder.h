#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/memory/weight_source.h"
#include "core/nn/layer_norm.h"
#include "core/nn/linear.h"
#include "core/text/clip_config.h"

namespace headroom::text {

/// One layer: causal attention (`self_attn.{q,k,v,out}_proj`) and a feed-forward part (`mlp.fc1`, `mlp.fc2`), each behind its
/// norm.
struct ClipLayer {
    nn::ParameterBlock block;
    nn::LayerNorm layer_norm1, layer_norm2;
    nn::Linear q_proj, k_proj, v_proj, out_proj, fc1, fc2;
    std::int64_t heads = 0;
    ClipConfig::Activation activation = ClipConfig::Activation::QuickGelu;

    void declare(const nn::Declare& declare, const ClipConfig& config);
    /// hidden: [tokens, hidden_size] → the same shape.
    Tensor forward(const Tensor& hidden) const;

private:
    Tensor attend(const Tensor& x) const;
    Tensor feed_forward(const Tensor& x) const;
};

/// The pooled output of transformers' CLIPTextModel (models/clip/modeling_clip.py of 5.23.0): the final norm of the token that
/// ends the text. Attention is causal, so that the tokens after it, padding among them, are not run: exact.
class ClipEncoder {
public:
    /// Called after each layer with how many are done, of how many.
    using Progress = std::function<void(int done, int total)>;

    ClipEncoder(const ClipConfig& config, at::ScalarType compute, at::Device device = at::kCPU);
    ClipEncoder(const ClipEncoder&) = delete;
    ClipEncoder& operator=(const ClipEncoder&) = delete;

    /// What the checkpoint must hold, in the order of use.
    std::vector<nn::ParameterBlock*> blocks();

    /// Which of the tokens is pooled: the first that ends a text; where the config's eos_token_id is 2 the first with the highest
    /// id.
    std::size_t pooled_token(const std::vector<std::int32_t>& ids) const;

    /// ids: of one prompt with its special tokens, at most max_position_embeddings; not empty → [hidden_size] in the compute
    /// dtype, on the device. Errors: BadModel when an id or the length is beyond the tables, Cancelled (polled before each
    /// layer).
    Result<Tensor> encode(std::vector<std::int32_t> ids, memory::WeightSource& weights, std::stop_token stop = {},
                          const Progress& progress = {});

private:
    Tensor embed(const std::vector<std::int32_t>& ids, memory::WeightSource& weights);

    ClipConfig m_config;
    at::ScalarType m_compute;
    at::Device m_device;
    nn::Parameter m_token_embedding, m_position_embedding;
    nn::LayerNorm m_final_layer_norm;
    nn::ParameterBlock m_embedding_block, m_final_block;
    std::vector<ClipLayer> m_layers;
};

}  // namespace headroom::text

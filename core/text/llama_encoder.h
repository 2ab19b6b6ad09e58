#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/memory/weight_source.h"
#include "core/nn/linear.h"
#include "core/text/llama_config.h"
#include "core/text/t5_layer_norm.h"

namespace headroom::text {

/// Cosines and sines of the turns of a run of positions, each [tokens, 1, head_dim / 2] float32.
struct LlamaTurns {
    Tensor cosines;
    Tensor sines;
};

/// The turns of positions 0 … tokens - 1, computed in float32 as the reference does, on `device`.
LlamaTurns llama_turns(const LlamaConfig& config, std::int64_t tokens, at::Device device);

/// Causal attention whose key and value heads are shared by groups of query heads. Keys: `q_proj`, `k_proj`, `v_proj`, `o_proj`.
struct LlamaAttention {
    nn::Linear q_proj, k_proj, v_proj, o_proj;
    std::int64_t head_dim = 0;

    void declare(const nn::Declare& declare, const LlamaConfig& config);
    /// x: [tokens, hidden] → [tokens, hidden].
    Tensor forward(const Tensor& x, const LlamaTurns& turns) const;
};

/// down(act(gate x) · up x). Keys: `gate_proj`, `up_proj`, `down_proj`.
struct LlamaFeedForward {
    nn::Linear gate_proj, up_proj, down_proj;
    LlamaConfig::Activation activation = LlamaConfig::Activation::Silu;

    void declare(const nn::Declare& declare, const LlamaConfig& config);
    /// x: [tokens, hidden] → [tokens, hidden].
    Tensor forward(const Tensor& x) const;
};

/// One layer. LLaMA's normalisation is T5's.
struct LlamaLayer {
    nn::ParameterBlock block;
    T5LayerNorm input_layernorm;
    LlamaAttention self_attn;
    T5LayerNorm post_attention_layernorm;
    LlamaFeedForward mlp;

    Tensor forward(const Tensor& hidden, const LlamaTurns& turns) const;
};

/// LlamaModel of transformers (models/llama/modeling_llama.py of 5.23.0) up to one of its hidden states, on the real tokens of
/// one prompt: attention is causal and padding comes after them, so running without it is exact. Weights are acquired layer by
/// layer; the layers after that hidden state and the final norm are neither declared nor run.
class LlamaEncoder {
public:
    /// Called after each layer with how many are done, of how many.
    using Progress = std::function<void(int done, int total)>;

    /// layers: how many run: `hidden_states[layers]` is the result, and with 0 the embeddings are. At most the config's.
    LlamaEncoder(const LlamaConfig& config, std::int64_t layers, at::ScalarType compute, at::Device device = at::kCPU);
    LlamaEncoder(const LlamaEncoder&) = delete;
    LlamaEncoder& operator=(const LlamaEncoder&) = delete;

    /// What the checkpoint must hold: the embedding table and each layer that runs, in the order of use.
    std::vector<nn::ParameterBlock*> blocks();

    /// ids: the tokens of one prompt without padding → [tokens, hidden_size] in the compute dtype, on the device. The embedding
    /// table (1 GiB in fp16 for LLaMA-3) stays in its file; only rows are moved. Errors: BadModel when an id is beyond the table,
    /// Cancelled (polled before each layer).
    Result<Tensor> encode(const std::vector<std::int32_t>& ids, memory::WeightSource& weights, std::stop_token stop = {},
                          const Progress& progress = {});

private:
    LlamaConfig m_config;
    at::ScalarType m_compute;
    at::Device m_device;
    nn::Parameter m_embed_tokens;
    nn::ParameterBlock m_embedding_block;
    std::vector<LlamaLayer> m_layers;
};

}  // namespace headroom::text

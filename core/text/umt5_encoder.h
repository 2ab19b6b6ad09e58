#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/memory/weight_source.h"
#include "core/nn/linear.h"
#include "core/text/t5_layer_norm.h"
#include "core/text/umt5_config.h"

namespace headroom::text {

/// How far tokens are from each other, as the layers take it.
struct TokenDistances {
    Tensor buckets;  ///< [tokens, tokens] int64, of query and key; for layers with a bias of their own.
    Tensor bias;     ///< Of T5, whose first layer's bias serves all: [1, heads, tokens, tokens]; else undefined.
};

/// Attention without scaling and with a bias learnt for each distance. Keys: `q`, `k`, `v`, `o`, and in layers that have a bias
/// `relative_attention_bias.weight` [buckets, heads].
struct Umt5Attention {
    enum class Bias { Own, OfFirstLayer };

    nn::Linear q, k, v, o;
    nn::Parameter relative_attention_bias;
    std::int64_t heads = 0;

    void declare(const nn::Declare& declare, const Umt5Config& config, Bias bias);
    /// This layer's own bias: [tokens, tokens] int64 → [1, heads, tokens, tokens].
    Tensor bias_of(const Tensor& buckets) const;
    /// x: [tokens, d_model] → [tokens, d_model].
    Tensor forward(const Tensor& x, const TokenDistances& distances) const;
};

/// The feed-forward part. Keys: `wi_0`, `wi_1`, `wo` (gated) or `wi`, `wo`.
struct Umt5FeedForward {
    nn::Linear wi_0, wi_1, wi, wo;
    Umt5Config::FeedForward kind = Umt5Config::FeedForward::GatedGelu;

    /// `wo` is kept in float32 in an fp16 run, where its products overflow.
    void declare(const nn::Declare& declare, const Umt5Config& config, at::ScalarType compute);
    /// x: [tokens, d_model] → [tokens, d_model] in wo's dtype.
    Tensor forward(const Tensor& x) const;
};

/// One encoder layer: keys `layer.0.SelfAttention`, `layer.0.layer_norm`, `layer.1.DenseReluDense`, `layer.1.layer_norm`.
struct Umt5Layer {
    nn::ParameterBlock block;
    Umt5Attention SelfAttention;
    T5LayerNorm attention_norm;
    Umt5FeedForward DenseReluDense;
    T5LayerNorm feed_forward_norm;

    Tensor forward(const Tensor& hidden, const TokenDistances& distances) const;
};

/// UMT5EncoderModel and T5EncoderModel of transformers (models/umt5/modeling_umt5.py and models/t5/modeling_t5.py of 5.23.0), on
/// the tokens of one prompt. Where padding is masked out (Wan's UMT5), running without it is exact; where it is not (CogVideoX's
/// T5) it belongs to the tokens. Weights are acquired layer by layer.
class Umt5Encoder {
public:
    /// Called after each layer with how many are done, of how many.
    using Progress = std::function<void(int done, int total)>;

    /// compute, device: of the run. The config must have come from parse_umt5_config or parse_t5_config.
    Umt5Encoder(const Umt5Config& config, at::ScalarType compute, at::Device device = at::kCPU);
    Umt5Encoder(const Umt5Encoder&) = delete;
    Umt5Encoder& operator=(const Umt5Encoder&) = delete;

    /// What the checkpoint must hold: the embedding table ("shared.weight", or "encoder.embed_tokens.weight" in its place), each
    /// layer, the final norm; in the order of use.
    std::vector<nn::ParameterBlock*> blocks();

    /// Both steps below. ids: the tokens of one prompt with "</s>"; all are attended to → [tokens, d_model] in the compute dtype.
    /// Errors: BadModel when an id is beyond the table, Cancelled (polled before each layer).
    Result<Tensor> encode(const std::vector<std::int32_t>& ids, memory::WeightSource& weights, std::stop_token stop = {},
                          const Progress& progress = {});

    /// The rows of the embedding table for ids, [tokens, d_model] on the run's device. The table (2 GiB in bf16 for UMT5-xxl)
    /// stays in its file and only these rows are moved. Errors: BadModel when an id is beyond the table.
    Result<Tensor> embed(const std::vector<std::int32_t>& ids, memory::WeightSource& weights);

    /// embedded: [tokens, d_model] on the run's device and in the compute dtype → the last hidden state, same shape.
    /// Errors: Cancelled (polled before each layer).
    Result<Tensor> run_layers(const Tensor& embedded, memory::WeightSource& weights, std::stop_token stop = {},
                              const Progress& progress = {});

private:
    Umt5Config m_config;
    at::ScalarType m_compute;
    at::Device m_device;
    nn::Parameter m_shared;
    T5LayerNorm m_final_layer_norm;
    nn::ParameterBlock m_embedding_block;
    nn::ParameterBlock m_final_block;
    std::vector<Umt5Layer> m_layers;
};

/// For each pair of positions the bucket of their distance, [tokens, tokens] int64 on `device`, rows being queries: half the
/// buckets for each direction; the first half of those one distance each, the others logarithmically up to the maximum distance.
Tensor relative_position_buckets(std::int64_t tokens, std::int64_t buckets, std::int64_t max_distance,
                                 at::Device device = at::kCPU);

/// Appends zero rows: [tokens, features] → [rows, features], as the Wan pipeline hands text to its cross-attention, which has no
/// mask. More tokens than rows are cut.
Tensor pad_with_zero_rows(const Tensor& embeddings, std::int64_t rows);

}  // namespace headroom::text

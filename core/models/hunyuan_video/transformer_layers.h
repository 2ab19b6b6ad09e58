#pragma once

#include <cstdint>

#include "core/models/hunyuan_video/transformer_config.h"
#include "core/nn/linear.h"
#include "core/nn/parameter.h"

namespace headroom::models::hunyuan_video {

/// Added to the variance in every normalisation of the transformer.
inline constexpr double kEps = 1e-6;

/// linear → SiLU → linear.
struct TwoLinears {
    nn::Linear linear_1;
    nn::Linear linear_2;

    void declare(const nn::Declare& declare, std::int64_t in_features, std::int64_t features);

    /// x: [..., in] → [..., features].
    Tensor forward(const Tensor& x) const;
};

/// What steers the blocks besides their rows: the sum of the embeddings of the timestep, of one row of text, and, where the model
/// takes it, of the guidance scale. Sources: diffusers 0.42.1, embeddings.py, CombinedTimestepTextProjEmbeddings, and
/// transformer_hunyuan_video.py, HunyuanVideoConditionEmbedding.
struct ConditionEmbedder {
    TwoLinears timestep_embedder;
    TwoLinears text_embedder;
    TwoLinears guidance_embedder;  ///< Undefined where the model takes no guidance.

    enum class Guidance { Embedded, None };
    void declare(const nn::Declare& declare, std::int64_t text_width, std::int64_t dim, Guidance guidance);

    /// timestep, guidance: as they enter the waves; text: [items, text_width] in the run's dtype → [items, dim].
    Tensor forward(double timestep, double guidance, const Tensor& text) const;
};

/// linear → activation → linear. Keys: `net.0.proj`, `net.2`.
struct FeedForward {
    enum class Activation { Gelu, Silu };

    struct {
        struct {
            nn::Linear proj;
        } _0;
        nn::Linear _2;
    } net;
    Activation activation = Activation::Gelu;

    void declare(const nn::Declare& declare, std::int64_t dim, std::int64_t inner_dim, Activation between);

    /// x: [batch, rows, dim] → the same shape. Move x in to have it freed before the second product.
    Tensor forward(Tensor x) const;
};

// A modulation below is [items, rows, dim], float32: one item for the whole batch or one each.

/// A condition as a linear layer makes a modulation of it: linear(silu(condition)). condition: [items, dim] → [items, rows, dim].
Tensor modulation_of(const nn::Linear& linear, const Tensor& condition, std::int64_t rows);
/// Layer normalisation without weights, then x (1 + modulation[scale_row]) + modulation[shift_row], in float32 and rounded once.
/// x: [batch, tokens, dim] → the same.
Tensor modulated_norm(const Tensor& x, const Tensor& modulation, std::int64_t shift_row, std::int64_t scale_row);
/// hidden += update · modulation[gate_row], in place, as nn::gated_add_in_place; `update` is spent.
void add_gated(const Tensor& hidden, const Tensor& update, const Tensor& modulation, std::int64_t gate_row);

}  // namespace headroom::models::hunyuan_video

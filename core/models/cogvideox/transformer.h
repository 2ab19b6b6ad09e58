#pragma once

#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/memory/weight_source.h"
#include "core/models/cogvideox/positions.h"
#include "core/models/cogvideox/transformer_block.h"
#include "core/models/cogvideox/transformer_config.h"

namespace headroom::models::cogvideox {

/// CogVideoXTransformer3DModel for text-to-video, for any config: 2b (sines), 5b (rotary positions), 1.5 (frames in patches too).
/// Source: diffusers 0.42.1, models/transformers/cogvideox_transformer_3d.py. Weights are acquired block by block and given back
/// at once; run it without autograd, on one thread.
class Transformer {
public:
    explicit Transformer(const TransformerConfig& config, const Pieces& pieces = {});
    Transformer(const Transformer&) = delete;
    Transformer& operator=(const Transformer&) = delete;

    /// All weights in the order of use: "embedding", "transformer_blocks.0" …, "head".
    std::vector<nn::ParameterBlock*> blocks();

    /// One pass for each prompt, side by side: each block is acquired once and serves all passes, which neither see nor change
    /// each other's bits. latents: [batch, frames, channels, height, width], any float dtype; timestep: in [0, 1000], one for the
    /// batch; prompts: each [batch, text rows, text_embed_dim], any float dtype, padding included → a prediction for each prompt,
    /// of the latents' shape, in the run's dtype. Polls `stop` before each block of each pass. Errors: Cancelled; Usage when the
    /// latents don't divide into patches or, in 1.5, exceed the positions that the model knows.
    Result<std::vector<Tensor>> forward(const Tensor& latents, double timestep, std::span<const Tensor> prompts,
                                        memory::WeightSource& weights, const std::stop_token& stop = {});

private:
    Result<TokenGrid> token_grid(const Tensor& latents) const;
    JointLayout layout(const TokenGrid& grid, std::int64_t text_tokens, at::Device device);
    /// SiLU of the time embedding, [1, time_embed_dim].
    Tensor embed_time(double timestep) const;
    /// [batch, text rows + tokens, dim].
    Tensor embed(const Tensor& latents, const Tensor& prompt, const TokenGrid& grid, const TokenPieces& pieces) const;
    void embed_piece(const Tensor& patches, const Tensor& hidden, const TokenPieces& pieces) const;
    void add_positions(const Tensor& video, const TokenGrid& grid) const;
    Tensor project_out(const Tensor& hidden, const Tensor& time, const TokenGrid& grid, const JointLayout& layout) const;

    TransformerConfig m_config;
    Pieces m_pieces;
    std::vector<std::unique_ptr<TransformerBlock>> m_blocks;

    nn::ParameterBlock m_embedding;
    struct {
        nn::Linear proj;  ///< Of 1.0 a convolution in the checkpoint, whose stride is its kernel: a product over patches.
        nn::Linear text_proj;
    } patch_embed;
    struct {
        nn::Linear linear_1;
        nn::Linear linear_2;
    } time_embedding;

    nn::ParameterBlock m_head;
    nn::LayerNorm norm_final;
    struct {
        nn::Linear linear;
        nn::LayerNorm norm;
    } norm_out;
    nn::Linear proj_out;

    TokenGrid m_rotations_grid;
    Tensor m_rotations;  ///< Of the last grid: [tokens, head_dim / 2], complex64.
};

}  // namespace headroom::models::cogvideox

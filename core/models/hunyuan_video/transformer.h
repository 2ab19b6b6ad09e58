#pragma once

#include <array>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/memory/weight_source.h"
#include "core/models/hunyuan_video/joint_attention.h"
#include "core/models/hunyuan_video/single_transformer_block.h"
#include "core/models/hunyuan_video/text_refiner.h"
#include "core/models/hunyuan_video/transformer_block.h"
#include "core/models/hunyuan_video/transformer_config.h"
#include "core/models/hunyuan_video/transformer_embedder.h"

namespace headroom::models::hunyuan_video {

/// A prompt as the transformer takes it. One item serves the whole batch, else there is one for each.
struct Prompt {
    Tensor embeds;  ///< [items, text tokens, text_embed_dim], any float dtype, without padding: cropping it changes nothing but
                    ///< rounding.
    Tensor pooled;  ///< [items, pooled_projection_dim], any float dtype.
};

/// What a step tells the model besides latents and prompts, as the numbers enter their embeddings.
struct StepNumbers {
    double timestep = 0;  ///< In [0, 1000].
    double guidance = 0;  ///< The scale times 1000; unread where the config has no guidance_embeds.
};

/// HunyuanVideoTransformer3DModel for text-to-video, any config. Predicts the flow at a timestep. Source: diffusers 0.42.1,
/// models/transformers/transformer_hunyuan_video.py. Norms, modulation, rotations and gated sums are computed in float32 and
/// rounded once, where the reference in a half type rounds in between. Weights are acquired block by block and given back at
/// once; run it without autograd, on one thread.
class Transformer {
public:
    explicit Transformer(const TransformerConfig& config, const Pieces& pieces = {});
    Transformer(const Transformer&) = delete;
    Transformer& operator=(const Transformer&) = delete;

    /// All weights in the order of use: "text_embedding", "refiner_blocks.0" …, "embedding", "transformer_blocks.0" …,
    /// "single_transformer_blocks.0" …, "head".
    std::vector<nn::ParameterBlock*> blocks();

    /// One pass for each prompt, side by side: each block is acquired once and serves all passes, which neither see nor change
    /// each other's bits. latents: [batch, channels, frames, height, width], any float dtype → a prediction for each prompt, of
    /// the latents' shape, in the run's dtype. Polls `stop` before each block of each pass. Errors: Cancelled; Usage when the
    /// latents don't divide into patches or a prompt is of another shape.
    Result<std::vector<Tensor>> forward(const Tensor& latents, const StepNumbers& numbers, std::span<const Prompt> prompts,
                                        memory::WeightSource& weights, const std::stop_token& stop = {});

private:
    using Grid = std::array<std::int64_t, 3>;

    /// One prompt's way through the blocks.
    struct Pass {
        Tensor joint;  ///< [batch, image tokens + text tokens, dim], the only full-width tensor that lives through the blocks.
        Tensor condition;  ///< [items, dim].
        JointLayout layout;
    };

    Result<Grid> patch_grid(const Tensor& latents) const;
    Result<void> check_prompts(const Tensor& latents, std::span<const Prompt> prompts) const;
    Result<std::vector<Tensor>> refine(std::span<const Prompt> prompts, double timestep, memory::WeightSource& weights,
                                       const std::stop_token& stop);
    std::vector<Pass> embed(const Tensor& latents, const StepNumbers& numbers, std::span<const Prompt> prompts,
                            std::vector<Tensor> texts, const Grid& grid, memory::WeightSource& weights);
    template <typename Block>
    Result<void> pass_through(const std::vector<std::unique_ptr<Block>>& blocks, const std::vector<Pass>& passes,
                              memory::WeightSource& weights, const std::stop_token& stop) const;
    const Tensor& rotations(const Grid& grid, at::Device device);
    std::int64_t rows_of_pieces(std::int64_t tokens) const;
    Tensor project_out(const Pass& pass, const Grid& grid) const;

    TransformerConfig m_config;
    TextEmbedder m_text_embedder;
    std::vector<std::unique_ptr<RefinerBlock>> m_refiner_blocks;
    InputEmbedder m_input_embedder;
    std::vector<std::unique_ptr<TransformerBlock>> m_blocks;
    std::vector<std::unique_ptr<SingleTransformerBlock>> m_single_blocks;

    nn::ParameterBlock m_head;
    struct {
        nn::Linear linear;
    } norm_out;
    nn::Linear proj_out;

    Pieces m_pieces;
    Grid m_rotations_grid{};
    Tensor m_rotations;  ///< Of the last grid: [image tokens, head_dim / 2], complex64.
};

}  // namespace headroom::models::hunyuan_video

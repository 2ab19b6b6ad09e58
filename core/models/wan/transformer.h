#pragma once

#include <array>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/memory/weight_source.h"
#include "core/models/wan/transformer_block.h"
#include "core/models/wan/transformer_config.h"
#include "core/models/wan/transformer_embedder.h"

namespace headroom::models::wan {

/// Whether the keys and values of the text are kept from one step to the next, which saves their projection in every block
/// but holds 2 · blocks · text rows · dim numbers a prompt. The results are the same bits.
enum class TextKeys { Keep, Recompute };

/// A prompt as the blocks take it, reused over all steps.
struct TextContext {
    Tensor rows;      ///< [batch, text_rows, dim], with the padding rows merged into the last on the CPU.
    Tensor key_bias;  ///< [text_rows], float32: log of how many rows each stands for; undefined when none was merged.
    TextKeys text_keys = TextKeys::Recompute;
    std::vector<KeyValue> kept;  ///< One a block once a forward has run, with TextKeys::Keep.
};

/// WanTransformer3DModel of Wan 2.1 text-to-video, for any config. Predicts the flow at a timestep. Source: diffusers 0.42.1,
/// models/transformers/transformer_wan.py. Weights are acquired block by block and given back at once; run it without
/// autograd, on one thread.
class Transformer {
public:
    explicit Transformer(const TransformerConfig& config, const Pieces& pieces = {});
    Transformer(const Transformer&) = delete;
    Transformer& operator=(const Transformer&) = delete;

    /// All weights in the order of use: "text_embedding", "embedding", "blocks.0" …, "head".
    std::vector<nn::ParameterBlock*> blocks();

    /// Projects a prompt once for all its steps. text_embeds: [batch, text_rows, text_dim], any float dtype, followed by
    /// `zero_rows` rows of zeros: padding, which the reference attends to. On the CPU these become one row that counts as many:
    /// the same softmax, to rounding.
    TextContext embed_text(const Tensor& text_embeds, std::int64_t zero_rows, memory::WeightSource& weights,
                           TextKeys text_keys = TextKeys::Recompute);

    /// One pass for each prompt, side by side: each block is acquired once and serves all passes, which neither see nor change
    /// each other's bits. latents: [batch, channels, frames, height, width], any float dtype; timestep: in [0, 1000], one for the
    /// batch; prompts: of embed_text, same batch → a prediction for each prompt, of the latents' shape, in the run's dtype. Polls
    /// `stop` before each block of each pass. Errors: Cancelled; Usage when the latents don't divide into patches or exceed the
    /// positions of the rotary embedding.
    Result<std::vector<Tensor>> forward(const Tensor& latents, double timestep, std::span<TextContext> prompts,
                                        memory::WeightSource& weights, const std::stop_token& stop = {});

private:
    using Grid = std::array<std::int64_t, 3>;

    Result<Grid> patch_grid(const Tensor& latents) const;
    const Tensor& rotations(const Grid& grid, at::Device device);
    KeyValue text_of_block(std::size_t index, TextContext& context) const;
    TokenPieces cut(std::int64_t tokens) const;
    Tensor project_out(const Tensor& hidden, const Tensor& time, const Grid& grid, const TokenPieces& pieces) const;

    TransformerConfig m_config;
    TextEmbedder m_text_embedder;
    InputEmbedder m_input_embedder;
    std::vector<std::unique_ptr<TransformerBlock>> m_blocks;

    nn::ParameterBlock m_head;
    nn::Linear proj_out;
    nn::Parameter scale_shift_table;

    Pieces m_pieces;
    Grid m_rotations_grid{};
    Tensor m_rotations;  ///< Of the last grid: [tokens, head_dim / 2], complex64.
};

}  // namespace headroom::models::wan

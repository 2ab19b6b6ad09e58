#pragma once

#include <array>
#include <memory>
#include <optional>
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
    explicit Transformer(const TransformerConfig& config);
    Transformer(const Transformer&) = delete;
    Transformer& operator=(const Transformer&) = delete;

    /// All weights in the order of use: "text_embedding", "embedding", "blocks.0" …, "head".
    std::vector<nn::ParameterBlock*> blocks();

    /// Projects a prompt once for all its steps. text_embeds: [batch, text_rows, text_dim], any float dtype, followed by `zero_rows` rows of
    /// zeros: padding, which the reference attends to. On the CPU these become one row that counts as many: the same
    /// softmax, to rounding.
    TextContext embed_text(const Tensor& text_embeds, std::int64_t zero_rows, memory::WeightSource& weights,
                           TextKeys text_keys = TextKeys::Recompute);

    /// latents: [batch, channels, frames, height, width], any float dtype; timestep: in [0, 1000], one for the batch; context: of
    /// embed_text, same batch → the prediction, same shape, in the run's dtype. Polls `stop` before each block.
    /// Errors: Cancelled; Usage when the latents don't divide into patches or exceed the positions of the rotary embedding.
    Result<Tensor> forward(const Tensor& latents, double timestep, TextContext& context, memory::WeightSource& weights,
                           const std::stop_token& stop = {});

    /// Tokens that pass a block's feed-forward at a time, instead of as many as its memory stays below the attention's with.
    /// At least 1. Fewer need less memory, each row is computed alike.
    void set_feed_forward_rows(std::int64_t rows) { m_feed_forward_rows = rows; }

private:
    using Grid = std::array<std::int64_t, 3>;

    Result<Grid> patch_grid(const Tensor& latents) const;
    const Tensor& rotations(const Grid& grid, at::Device device);
    KeyValue text_of_block(std::size_t index, TextContext& context) const;
    Tensor project_out(const Tensor& hidden, const Tensor& time, const Grid& grid) const;

    TransformerConfig m_config;
    TextEmbedder m_text_embedder;
    InputEmbedder m_input_embedder;
    std::vector<std::unique_ptr<TransformerBlock>> m_blocks;

    nn::ParameterBlock m_head;
    nn::Linear proj_out;
    nn::Parameter scale_shift_table;

    std::optional<std::int64_t> m_feed_forward_rows;
    Grid m_rotations_grid{};
    Tensor m_rotations;  ///< Of the last grid: [tokens, head_dim / 2], complex64.
};

}  // namespace headroom::models::wan

#include "core/models/wan/transformer.h"

#include <algorithm>
#include <cmath>

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/zeros.h>

#include "core/base/cancel.h"
#include "core/nn/rope.h"

namespace headroom::models::wan {

namespace {

// A quarter of the tokens keeps the inner rows of Wan's feed-forwards (2.7 to 5.8 times as wide) below the five tensors that the
// self-attention needs; with fewer rows than this the products get slow.
constexpr std::int64_t kFeedForwardPieces = 4;
constexpr std::int64_t kLeastFeedForwardRows = 256;
constexpr std::array kAxisNames{"frames", "rows", "columns"};

}  // namespace

Transformer::Transformer(const TransformerConfig& config)
    : m_config(config), m_text_embedder(config), m_input_embedder(config)
{
    for (std::int64_t i = 0; i < config.num_layers; ++i) m_blocks.push_back(std::make_unique<TransformerBlock>(config, i));
    m_head.name = "head";
    const nn::Declare declare(m_head);
    declare.in_float32()(scale_shift_table, "scale_shift_table", {1, 2, config.inner_dim()});
    proj_out.declare(declare.at("proj_out"), config.inner_dim(), config.patch_volume());
}

std::vector<nn::ParameterBlock*> Transformer::blocks()
{
    std::vector<nn::ParameterBlock*> all{&m_text_embedder.parameters, &m_input_embedder.parameters};
    for (const auto& block : m_blocks) all.push_back(&block->parameters);
    all.push_back(&m_head);
    return all;
}

TextContext Transformer::embed_text(const Tensor& text_embeds, std::int64_t zero_rows, memory::WeightSource& weights,
                                    TextKeys text_keys)
{
    const auto held = weights.acquire(m_text_embedder.parameters);
    const std::int64_t appended = text_embeds.is_cpu() ? std::min<std::int64_t>(zero_rows, 1) : zero_rows;
    Tensor key_bias;
    if (appended < zero_rows) {
        key_bias = at::zeros({text_embeds.size(1) + appended}, at::TensorOptions().dtype(at::kFloat));
        key_bias[-1].fill_(std::log(double(zero_rows)));
    }
    return {.rows = m_text_embedder.forward(at::constant_pad_nd(text_embeds, {0, 0, 0, appended}, 0)),
            .key_bias = key_bias,
            .text_keys = text_keys,
            .kept = {}};
}

Result<Tensor> Transformer::forward(const Tensor& latents, double timestep, TextContext& context, memory::WeightSource& weights,
                                    const std::stop_token& stop)
{
    const Grid grid = TRY(patch_grid(latents));
    TRY(check_not_cancelled(stop));
    Tensor hidden;  // [batch, tokens, dim], the only full-width tensor that lives through the blocks
    TimeEmbedding time;
    {
        const auto held = weights.acquire(m_input_embedder.parameters);
        hidden = m_input_embedder.embed_latents(latents);
        time = m_input_embedder.embed_time(timestep);
    }
    const Tensor& turned = rotations(grid, latents.device());
    const std::int64_t rows = m_feed_forward_rows.value_or(std::max(kLeastFeedForwardRows, hidden.size(1) / kFeedForwardPieces));
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
        TRY(check_not_cancelled(stop));
        const auto held = weights.acquire(m_blocks[i]->parameters);
        const Tensor modulation = m_blocks[i]->modulation(time.modulation);
        m_blocks[i]->attend_to_self(hidden, modulation, turned);
        m_blocks[i]->attend_to_text(hidden, text_of_block(i, context), context.key_bias);
        m_blocks[i]->feed_forward(hidden, modulation, rows);
    }
    TRY(check_not_cancelled(stop));
    const auto held = weights.acquire(m_head);
    return project_out(hidden, time.time, grid);
}

Result<Transformer::Grid> Transformer::patch_grid(const Tensor& latents) const
{
    if (latents.dim() != 5 || latents.size(1) != m_config.in_channels) {
        return fail(ErrorCode::Usage,
                    "The latents must be [batch, {}, frames, rows, columns], but have {} dimensions and {} channels",
                    m_config.in_channels, latents.dim(), latents.dim() > 1 ? latents.size(1) : 0);
    }
    Grid grid{};
    for (std::size_t axis = 0; axis < grid.size(); ++axis) {
        const std::int64_t size = latents.size(std::int64_t(axis) + 2);
        const std::int64_t patch = m_config.patch_size[axis];
        grid[axis] = size / patch;
        if (size % patch != 0 || grid[axis] < 1 || grid[axis] > m_config.rope_max_seq_len) {
            return fail(ErrorCode::Usage, "The latents have {} {}, but the model takes multiples of {} up to {}", size,
                        kAxisNames[axis], patch, patch * m_config.rope_max_seq_len);
        }
    }
    return grid;
}

const Tensor& Transformer::rotations(const Grid& grid, at::Device device)
{
    if (m_rotations.defined() && m_rotations_grid == grid && m_rotations.device() == device) return m_rotations;
    const std::int64_t spatial = 2 * (m_config.attention_head_dim / 6);
    const std::array axes{nn::RotaryAxis{grid[0], m_config.attention_head_dim - 2 * spatial}, nn::RotaryAxis{grid[1], spatial},
                          nn::RotaryAxis{grid[2], spatial}};
    m_rotations = nn::rotary_table(axes).to(device);
    m_rotations_grid = grid;
    return m_rotations;
}

KeyValue Transformer::text_of_block(std::size_t index, TextContext& context) const
{
    if (index < context.kept.size()) return context.kept[index];
    const KeyValue projected = m_blocks[index]->project_text(context.rows);
    if (context.text_keys == TextKeys::Keep) context.kept.push_back(projected);
    return projected;
}

Tensor Transformer::project_out(const Tensor& hidden, const Tensor& time, const Grid& grid) const
{
    const auto& patch = m_config.patch_size;
    const Tensor modulation = scale_shift_table.value.add(time.unsqueeze(1))[0];  // [2, dim], float32: shift, scale
    const Tensor patches = proj_out.forward(nn::layer_norm(hidden, modulation[1].add(1.0), modulation[0], m_config.eps));
    return patches.reshape({hidden.size(0), grid[0], grid[1], grid[2], patch[0], patch[1], patch[2], m_config.in_channels})
        .permute({0, 7, 1, 4, 2, 5, 3, 6})  // [batch, channels, f, patch f, h, patch h, w, patch w]
        .reshape({hidden.size(0), m_config.in_channels, grid[0] * patch[0], grid[1] * patch[1], grid[2] * patch[2]});
}

}  // namespace headroom::models::wan

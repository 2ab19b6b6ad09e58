#include "core/models/wan/transformer.h"

#include <algorithm>
#include <cmath>

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/zeros.h>

#include "core/base/cancel.h"
#include "core/nn/rope.h"
#include "core/tensor/dry_run.h"

namespace headroom::models::wan {

namespace {

// A quarter of the tokens keeps what a piece needs (two to eight times its tokens) below the keys and values of all; with fewer
// rows than this the products get slow.
constexpr std::int64_t kUsualPieces = 4;
constexpr std::int64_t kLeastUsualRows = 1024;
constexpr std::array kAxisNames{"frames", "rows", "columns"};

}  // namespace

Transformer::Transformer(const TransformerConfig& config, const Pieces& pieces)
    : m_config(config), m_text_embedder(config), m_input_embedder(config), m_pieces(pieces)
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
    const std::int64_t appended = computes_on_cpu(text_embeds) ? std::min<std::int64_t>(zero_rows, 1) : zero_rows;
    Tensor key_bias;
    if (appended < zero_rows) {
        key_bias = at::zeros({text_embeds.size(1) + appended}, text_embeds.options().dtype(at::kFloat));
        key_bias[-1].fill_(std::log(double(zero_rows)));
    }
    return {.rows = m_text_embedder.forward(at::constant_pad_nd(text_embeds, {0, 0, 0, appended}, 0)),
            .key_bias = key_bias,
            .text_keys = text_keys,
            .kept = {}};
}

Result<std::vector<Tensor>> Transformer::forward(const Tensor& latents, double timestep, std::span<TextContext> prompts,
                                                 memory::WeightSource& weights, const std::stop_token& stop)
{
    const Grid grid = TRY(patch_grid(latents));
    TRY(check_not_cancelled(stop));
    std::vector<Tensor> hidden;  // [batch, tokens, dim] for each prompt, the only full-width tensors that live through the blocks
    TimeEmbedding time;
    {
        const auto held = weights.acquire(m_input_embedder.parameters);
        for (std::size_t pass = 0; pass < prompts.size(); ++pass) hidden.push_back(m_input_embedder.embed_latents(latents));
        time = m_input_embedder.embed_time(timestep);
    }
    const Tensor& turned = rotations(grid, latents.device());
    const TokenPieces pieces = cut(grid[0] * grid[1] * grid[2]);
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
        const TransformerBlock& block = *m_blocks[i];
        TRY(check_not_cancelled(stop));
        const auto held = weights.acquire(m_blocks[i]->parameters);
        for (TextContext& prompt : prompts) {
            if (prompt.text_keys == TextKeys::Keep) text_of_block(i, prompt);
        }
        if (weights.counts_as_walked(block.parameters)) continue;
        const Tensor modulation = block.modulation(time.modulation);
        for (std::size_t pass = 0; pass < prompts.size(); ++pass) {
            if (pass > 0) TRY(check_not_cancelled(stop));
            block.attend_to_self(hidden[pass], modulation, turned, pieces, m_pieces.head_groups);
            block.attend_to_text(hidden[pass], text_of_block(i, prompts[pass]), prompts[pass].key_bias, pieces);
            block.feed_forward(hidden[pass], modulation, pieces);
        }
    }
    TRY(check_not_cancelled(stop));
    const auto held = weights.acquire(m_head);
    std::vector<Tensor> predictions;
    for (Tensor& of_pass : hidden) {
        predictions.push_back(project_out(of_pass, time.time, grid, pieces));
        of_pass.reset();
    }
    return predictions;
}

TokenPieces Transformer::cut(std::int64_t tokens) const
{
    if (m_pieces.token_rows > 0) return {tokens, m_pieces.token_rows};
    return {tokens, std::max(kLeastUsualRows, (tokens + kUsualPieces - 1) / kUsualPieces)};
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
    m_rotations = nn::rotary_table(axes, device);
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

Tensor Transformer::project_out(const Tensor& hidden, const Tensor& time, const Grid& grid, const TokenPieces& pieces) const
{
    const auto& patch = m_config.patch_size;
    const Tensor modulation = scale_shift_table.value.add(time.unsqueeze(1))[0];  // [2, dim], float32: shift, scale
    const Tensor scale = modulation[1].add(1.0);
    Assembled patches(pieces.tokens());
    pieces.each([&](std::int64_t start, std::int64_t rows) {
        patches.put(start, proj_out.forward(nn::layer_norm(hidden.narrow(1, start, rows), scale, modulation[0], m_config.eps)));
    });
    return patches.whole()
        .reshape({hidden.size(0), grid[0], grid[1], grid[2], patch[0], patch[1], patch[2], m_config.in_channels})
        .permute({0, 7, 1, 4, 2, 5, 3, 6})  // [batch, channels, f, patch f, h, patch h, w, patch w]
        .reshape({hidden.size(0), m_config.in_channels, grid[0] * patch[0], grid[1] * patch[1], grid[2] * patch[2]});
}

}  // namespace headroom::models::wan

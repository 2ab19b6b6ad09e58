#include "core/models/cogvideox/transformer.h"

#include <algorithm>

#include <ATen/ops/empty.h>
#include <ATen/ops/silu.h>

#include "core/base/cancel.h"
#include "core/nn/timestep_embedding.h"
#include "core/tensor/dry_run.h"

namespace headroom::models::cogvideox {

namespace {

// A quarter of the tokens keeps what a piece needs (two to six times its tokens) near the keys and values of all; with fewer rows
// than this the products get slow.
constexpr std::int64_t kUsualPieces = 4;
constexpr std::int64_t kLeastUsualRows = 1024;

TokenPieces cut(std::int64_t tokens, std::int64_t token_rows)
{
    if (token_rows > 0) return {tokens, token_rows};
    return {tokens, std::max(kLeastUsualRows, (tokens + kUsualPieces - 1) / kUsualPieces)};
}

}  // namespace

Transformer::Transformer(const TransformerConfig& config, const Pieces& pieces) : m_config(config), m_pieces(pieces)
{
    const std::int64_t dim = config.inner_dim();
    m_embedding.name = "embedding";
    const nn::Declare embedding(m_embedding);
    const nn::Declare proj = embedding.at("patch_embed").at("proj");
    if (config.patch_size_t == 0) {
        proj(patch_embed.proj.weight, "weight", {dim, config.in_channels, config.patch_size, config.patch_size});
    } else {
        proj(patch_embed.proj.weight, "weight", {dim, config.patch_volume()});
    }
    if (config.patch_bias || config.patch_size_t > 0) proj(patch_embed.proj.bias, "bias", {dim});
    patch_embed.text_proj.declare(embedding.at("patch_embed").at("text_proj"), config.text_embed_dim, dim);
    time_embedding.linear_1.declare(embedding.at("time_embedding").at("linear_1"), dim, config.time_embed_dim);
    time_embedding.linear_2.declare(embedding.at("time_embedding").at("linear_2"), config.time_embed_dim, config.time_embed_dim);

    for (std::int64_t i = 0; i < config.num_layers; ++i) m_blocks.push_back(std::make_unique<TransformerBlock>(config, i));

    m_head.name = "head";
    const nn::Declare head(m_head);
    norm_final.declare(head.at("norm_final"), dim, config.norm_eps);
    norm_out.linear.declare(head.at("norm_out").at("linear"), config.time_embed_dim, 2 * dim);
    norm_out.norm.declare(head.at("norm_out").at("norm"), dim, config.norm_eps);
    proj_out.declare(head.at("proj_out"), dim, config.patch_volume());
}

std::vector<nn::ParameterBlock*> Transformer::blocks()
{
    std::vector<nn::ParameterBlock*> all{&m_embedding};
    for (const auto& block : m_blocks) all.push_back(&block->parameters);
    all.push_back(&m_head);
    return all;
}

Result<std::vector<Tensor>> Transformer::forward(const Tensor& latents, double timestep, std::span<const Tensor> prompts,
                                                 memory::WeightSource& weights, const std::stop_token& stop)
{
    const TokenGrid grid = TRY(token_grid(latents));
    TRY(check_not_cancelled(stop));
    const JointLayout joint = layout(grid, prompts.front().size(1), latents.device());
    std::vector<Tensor>
        hidden;  // [batch, text rows + tokens, dim] for each prompt, the only full-width tensors that live through the blocks
    Tensor time;
    {
        const auto held = weights.acquire(m_embedding);
        for (const Tensor& prompt : prompts) hidden.push_back(embed(latents, prompt, grid, joint.video));
        time = embed_time(timestep);
    }
    for (const auto& block : m_blocks) {
        TRY(check_not_cancelled(stop));
        const auto held = weights.acquire(block->parameters);
        if (weights.counts_as_walked(block->parameters)) continue;
        for (std::size_t pass = 0; pass < prompts.size(); ++pass) {
            if (pass > 0) TRY(check_not_cancelled(stop));
            block->attend(hidden[pass], time, joint);
            block->feed_forward(hidden[pass], time, joint);
        }
    }
    TRY(check_not_cancelled(stop));
    const auto held = weights.acquire(m_head);
    std::vector<Tensor> predictions;
    for (Tensor& of_pass : hidden) {
        predictions.push_back(project_out(of_pass, time, grid, joint));
        of_pass.reset();
    }
    return predictions;
}

Result<TokenGrid> Transformer::token_grid(const Tensor& latents) const
{
    if (latents.dim() != 5 || latents.size(2) != m_config.in_channels) {
        return fail(ErrorCode::Usage,
                    "The latents must be [batch, frames, {}, rows, columns], but have {} dimensions and {} channels",
                    m_config.in_channels, latents.dim(), latents.dim() > 2 ? latents.size(2) : 0);
    }
    const TokenGrid grid{latents.size(1) / m_config.patch_frames(), latents.size(3) / m_config.patch_size,
                         latents.size(4) / m_config.patch_size};
    const bool divides = latents.size(1) == grid.frames * m_config.patch_frames() &&
                         latents.size(3) == grid.rows * m_config.patch_size &&
                         latents.size(4) == grid.columns * m_config.patch_size;
    if (!divides || grid.tokens() < 1) {
        return fail(ErrorCode::Usage, "The latents have {} frames of {}x{}, but the model takes multiples of {} frames of {}x{}",
                    latents.size(1), latents.size(4), latents.size(3), m_config.patch_frames(), m_config.patch_size,
                    m_config.patch_size);
    }
    const bool counts_positions = m_config.positions == TransformerConfig::Positions::Rotary && m_config.patch_size_t > 0;
    if (counts_positions && (latents.size(3) > m_config.sample_height || latents.size(4) > m_config.sample_width)) {
        return fail(ErrorCode::Usage, "The latents are {}x{}, but the model's positions reach to {}x{}", latents.size(4),
                    latents.size(3), m_config.sample_width, m_config.sample_height);
    }
    return grid;
}

JointLayout Transformer::layout(const TokenGrid& grid, std::int64_t text_tokens, at::Device device)
{
    const bool is_made = m_rotations.defined() && m_rotations_grid == grid && m_rotations.device() == device;
    if (m_config.positions == TransformerConfig::Positions::Rotary && !is_made) {
        m_rotations = rotary_positions(m_config, grid, device);
        m_rotations_grid = grid;
    }
    return {.text_tokens = text_tokens,
            .video = cut(grid.tokens(), m_pieces.token_rows),
            .rotations = m_rotations,
            .head_groups = m_pieces.head_groups};
}

Tensor Transformer::embed_time(double timestep) const
{
    const Tensor& first = time_embedding.linear_1.weight.value;
    const Tensor wave = nn::timestep_embedding(timestep, m_config.inner_dim(), first.device()).to(first.scalar_type());
    return at::silu(time_embedding.linear_2.forward(at::silu(time_embedding.linear_1.forward(wave))));
}

Tensor Transformer::embed(const Tensor& latents, const Tensor& prompt, const TokenGrid& grid, const TokenPieces& pieces) const
{
    const auto dtype = patch_embed.proj.weight.value.scalar_type();
    const std::int64_t batch = latents.size(0);
    const std::int64_t patch = m_config.patch_size;
    const Tensor patches =
        latents.to(dtype)
            .reshape({batch, grid.frames, m_config.patch_frames(), m_config.in_channels, grid.rows, patch, grid.columns, patch})
            .permute({0, 1, 4, 6, 3, 2, 5, 7})  // [batch, f, h, w, channels, patch f, patch h, patch w]
            .flatten(4, 7)
            .flatten(1, 3);  // [batch, tokens, patch volume]
    const std::int64_t text_rows = prompt.size(1);
    Tensor hidden = at::empty({batch, text_rows + grid.tokens(), m_config.inner_dim()}, patches.options());
    hidden.narrow(1, 0, text_rows).copy_(patch_embed.text_proj.forward(prompt.to(dtype)));
    const Tensor video = hidden.narrow(1, text_rows, grid.tokens());
    embed_piece(patches, video, pieces);
    if (m_config.positions == TransformerConfig::Positions::Sines) add_positions(video, grid);
    return hidden;
}

void Transformer::embed_piece(const Tensor& patches, const Tensor& hidden, const TokenPieces& pieces) const
{
    const Tensor kernel = patch_embed.proj.weight.value.flatten(1);  // [dim, patch volume]
    pieces.each([&](std::int64_t start, std::int64_t rows) {
        hidden.narrow(1, start, rows).copy_(nn::linear(patches.narrow(1, start, rows), kernel, patch_embed.proj.bias.value));
    });
}

void Transformer::add_positions(const Tensor& video, const TokenGrid& grid) const
{
    const SinePositions positions = sine_positions(m_config, grid, video.scalar_type(), video.device());
    count_moved(2.0 * double(video.nbytes()));
    const std::int64_t of_time = positions.of_time.size(1);
    const Tensor frames = video.unflatten(1, {grid.frames, grid.per_frame()});  // [batch, frames, tokens of a frame, dim]
    frames.narrow(3, 0, of_time).add_(positions.of_time.unsqueeze(1));
    frames.narrow(3, of_time, frames.size(3) - of_time).add_(positions.of_place);
}

Tensor Transformer::project_out(const Tensor& hidden, const Tensor& time, const TokenGrid& grid, const JointLayout& joint) const
{
    const Tensor rows = norm_out.linear.forward(time).view({2, -1});  // shift, scale
    const StreamModulation modulation = modulated(norm_out.norm, rows[0], rows[1], {});
    const Tensor video = hidden.narrow(1, joint.text_tokens, grid.tokens());
    Assembled patches(grid.tokens());
    joint.video.each([&](std::int64_t start, std::int64_t count) {
        const Tensor normed = norm_final.forward(video.narrow(1, start, count));
        patches.put(start, proj_out.forward(nn::layer_norm(normed, modulation.scale, modulation.shift, m_config.norm_eps)));
    });
    const std::int64_t batch = hidden.size(0);
    const std::int64_t patch = m_config.patch_size;
    return patches.whole()
        .reshape({batch, grid.frames, grid.rows, grid.columns, m_config.in_channels, m_config.patch_frames(), patch, patch})
        .permute({0, 1, 5, 4, 2, 6, 3, 7})  // [batch, f, patch f, channels, h, patch h, w, patch w]
        .reshape({batch, grid.frames * m_config.patch_frames(), m_config.in_channels, grid.rows * patch, grid.columns * patch});
}

}  // namespace headroom::models::cogvideox

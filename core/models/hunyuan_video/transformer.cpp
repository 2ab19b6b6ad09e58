#include "core/models/hunyuan_video/transformer.h"

#include <algorithm>
#include <utility>

#include "core/base/cancel.h"
#include "core/nn/rope.h"

namespace headroom::models::hunyuan_video {

namespace {

// A piece takes up to six times its tokens in a single-stream block: with this many pieces that is small beside the keys and
// values of all; with fewer rows than this the products get slow.
constexpr std::int64_t kUsualPieces = 16;
constexpr std::int64_t kLeastUsualRows = 1024;
constexpr std::array kAxisNames{"frames", "rows", "columns"};

/// Rows of the last modulation, in the checkpoint's order.
enum ModulationRow : std::int64_t { kScale, kShift, kModulationRows };

}  // namespace

Transformer::Transformer(const TransformerConfig& config, const Pieces& pieces)
    : m_config(config), m_text_embedder(config), m_input_embedder(config), m_pieces(pieces)
{
    for (std::int64_t i = 0; i < config.num_refiner_layers; ++i)
        m_refiner_blocks.push_back(std::make_unique<RefinerBlock>(config, i));
    for (std::int64_t i = 0; i < config.num_layers; ++i) m_blocks.push_back(std::make_unique<TransformerBlock>(config, i));
    for (std::int64_t i = 0; i < config.num_single_layers; ++i) {
        m_single_blocks.push_back(std::make_unique<SingleTransformerBlock>(config, i));
    }
    m_head.name = "head";
    const nn::Declare declare(m_head);
    norm_out.linear.declare(declare.at("norm_out").at("linear"), config.inner_dim(), kModulationRows * config.inner_dim());
    proj_out.declare(declare.at("proj_out"), config.inner_dim(), config.patch_volume());
}

std::vector<nn::ParameterBlock*> Transformer::blocks()
{
    std::vector<nn::ParameterBlock*> all{&m_text_embedder.parameters};
    for (const auto& block : m_refiner_blocks) all.push_back(&block->parameters);
    all.push_back(&m_input_embedder.parameters);
    for (const auto& block : m_blocks) all.push_back(&block->parameters);
    for (const auto& block : m_single_blocks) all.push_back(&block->parameters);
    all.push_back(&m_head);
    return all;
}

Result<std::vector<Tensor>> Transformer::forward(const Tensor& latents, const StepNumbers& numbers,
                                                 std::span<const Prompt> prompts, memory::WeightSource& weights,
                                                 const std::stop_token& stop)
{
    const Grid grid = TRY(patch_grid(latents));
    TRY(check_prompts(latents, prompts));
    std::vector<Tensor> texts = TRY(refine(prompts, numbers.timestep, weights, stop));
    TRY(check_not_cancelled(stop));
    std::vector<Pass> passes = embed(latents, numbers, prompts, std::move(texts), grid, weights);
    TRY(pass_through(m_blocks, passes, weights, stop));
    TRY(pass_through(m_single_blocks, passes, weights, stop));
    TRY(check_not_cancelled(stop));
    const auto held = weights.acquire(m_head);
    std::vector<Tensor> predictions;
    for (Pass& pass : passes) {
        predictions.push_back(project_out(pass, grid));
        pass.joint.reset();
    }
    return predictions;
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
        const std::int64_t patch = m_config.patch()[axis];
        grid[axis] = size / patch;
        if (size % patch != 0 || grid[axis] < 1) {
            return fail(ErrorCode::Usage, "The latents have {} {}, but the model takes multiples of {}", size, kAxisNames[axis],
                        patch);
        }
    }
    return grid;
}

Result<void> Transformer::check_prompts(const Tensor& latents, std::span<const Prompt> prompts) const
{
    for (const Prompt& prompt : prompts) {
        const auto fits = [&](const Tensor& x, std::int64_t dimensions, std::int64_t width) {
            return x.defined() && x.dim() == dimensions && x.size(-1) == width &&
                   (x.size(0) == 1 || x.size(0) == latents.size(0));
        };
        if (!fits(prompt.embeds, 3, m_config.text_embed_dim) || prompt.embeds.size(1) < 1) {
            return fail(ErrorCode::Usage, "The prompt's embedding must be [1 or {}, at least 1 token, {}]", latents.size(0),
                        m_config.text_embed_dim);
        }
        if (!fits(prompt.pooled, 2, m_config.pooled_projection_dim)) {
            return fail(ErrorCode::Usage, "The prompt's pooled embedding must be [1 or {}, {}]", latents.size(0),
                        m_config.pooled_projection_dim);
        }
    }
    return {};
}

Result<std::vector<Tensor>> Transformer::refine(std::span<const Prompt> prompts, double timestep, memory::WeightSource& weights,
                                                const std::stop_token& stop)
{
    TRY(check_not_cancelled(stop));
    std::vector<TextRows> texts;
    {
        const auto held = weights.acquire(m_text_embedder.parameters);
        for (const Prompt& prompt : prompts) texts.push_back(m_text_embedder.forward(prompt.embeds, timestep));
    }
    for (const auto& block : m_refiner_blocks) {
        TRY(check_not_cancelled(stop));
        const auto held = weights.acquire(block->parameters);
        if (weights.counts_as_walked(block->parameters)) continue;
        for (const TextRows& text : texts) block->forward(text);
    }
    std::vector<Tensor> refined;
    for (TextRows& text : texts) refined.push_back(std::move(text.rows));  // [items, text tokens, dim]
    return refined;
}

std::vector<Transformer::Pass> Transformer::embed(const Tensor& latents, const StepNumbers& numbers,
                                                  std::span<const Prompt> prompts, std::vector<Tensor> texts, const Grid& grid,
                                                  memory::WeightSource& weights)
{
    const auto held = weights.acquire(m_input_embedder.parameters);
    const std::int64_t image_tokens = grid[0] * grid[1] * grid[2];
    const Tensor& turned = rotations(grid, latents.device());
    std::vector<Pass> passes;
    for (std::size_t i = 0; i < prompts.size(); ++i) {
        const std::int64_t text_tokens = texts[i].size(1);
        const JointLayout layout{.pieces = {image_tokens, text_tokens, rows_of_pieces(image_tokens)},
                                 .rotations = turned,
                                 .head_groups = m_pieces.head_groups};
        const Tensor joint = m_input_embedder.embed_latents(latents, text_tokens, layout.pieces.image());
        joint.narrow(1, image_tokens, text_tokens).copy_(texts[i]);
        texts[i].reset();
        passes.push_back({.joint = joint,
                          .condition = m_input_embedder.embed_condition(numbers.timestep, numbers.guidance, prompts[i].pooled),
                          .layout = layout});
    }
    return passes;
}

template <typename Block>
Result<void> Transformer::pass_through(const std::vector<std::unique_ptr<Block>>& blocks, const std::vector<Pass>& passes,
                                       memory::WeightSource& weights, const std::stop_token& stop) const
{
    for (const auto& block : blocks) {
        TRY(check_not_cancelled(stop));
        const auto held = weights.acquire(block->parameters);
        if (weights.counts_as_walked(block->parameters)) continue;
        for (std::size_t i = 0; i < passes.size(); ++i) {
            if (i > 0) TRY(check_not_cancelled(stop));
            block->forward(passes[i].joint, passes[i].condition, passes[i].layout);
        }
    }
    return {};
}

const Tensor& Transformer::rotations(const Grid& grid, at::Device device)
{
    if (m_rotations.defined() && m_rotations_grid == grid && m_rotations.device() == device) return m_rotations;
    std::array<nn::RotaryAxis, 3> axes;
    for (std::size_t i = 0; i < axes.size(); ++i) axes[i] = {.positions = grid[i], .channels = m_config.rope_axes_dim[i]};
    m_rotations = nn::rotary_table(axes, device, m_config.rope_theta);
    m_rotations_grid = grid;
    return m_rotations;
}

std::int64_t Transformer::rows_of_pieces(std::int64_t tokens) const
{
    if (m_pieces.token_rows > 0) return m_pieces.token_rows;
    return std::max(kLeastUsualRows, (tokens + kUsualPieces - 1) / kUsualPieces);
}

Tensor Transformer::project_out(const Pass& pass, const Grid& grid) const
{
    const auto patch = m_config.patch();
    const std::int64_t batch = pass.joint.size(0);
    const Tensor modulation = modulation_of(norm_out.linear, pass.condition, kModulationRows);
    const TokenPieces& pieces = pass.layout.pieces.image();
    Assembled patches(pieces.tokens());
    pieces.each([&](std::int64_t start, std::int64_t rows) {
        patches.put(start, proj_out.forward(modulated_norm(pass.joint.narrow(1, start, rows), modulation, kShift, kScale)));
    });
    return patches.whole()
        .reshape({batch, grid[0], grid[1], grid[2], m_config.in_channels, patch[0], patch[1], patch[2]})
        .permute({0, 4, 1, 5, 2, 6, 3, 7})  // [batch, channels, f, patch f, h, patch h, w, patch w]
        .reshape({batch, m_config.in_channels, grid[0] * patch[0], grid[1] * patch[1], grid[2] * patch[2]});
}

}  // namespace headroom::models::hunyuan_video

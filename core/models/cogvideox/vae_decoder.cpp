#include "core/models/cogvideox/vae_decoder.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/ranges.h>

#include "core/base/cancel.h"

namespace headroom::models::cogvideox {

VaeDecoder::VaeDecoder(VaeConfig config)
    : m_config(std::move(config)), m_levels(m_config.block_out_channels.size()), m_level_weights(m_levels.size())
{
    const std::int64_t latent_channels = m_config.latent_channels;
    std::int64_t in_channels = m_config.block_out_channels.back();
    m_conv_in.declare(nn::Declare(m_input_weights).at("decoder.conv_in"), latent_channels, in_channels);
    m_mid_block.declare(nn::Declare(m_mid_block_weights).at("decoder.mid_block"), {in_channels, in_channels, 2, latent_channels},
                        m_config);
    for (std::size_t level = 0; level < m_levels.size(); ++level) {
        nn::ParameterBlock& weights = m_level_weights[level];
        weights.name = "decoder.up_blocks." + std::to_string(level);
        const nn::Declare declare = nn::Declare(weights).at(weights.name);
        const std::int64_t out_channels = m_config.block_out_channels[m_levels.size() - 1 - level];
        m_levels[level].declare(declare, {in_channels, out_channels, m_config.layers_per_block + 1, latent_channels}, m_config);
        if (level + 1 < m_levels.size()) {
            m_levels[level].step.emplace();
            m_levels[level].step->declare(declare, out_channels, VaeStep::Way::ToPixels,
                                          m_config.step_changes_frames(std::int64_t(level)));
        }
        in_channels = out_channels;
    }
    const nn::Declare out = nn::Declare(m_output_weights).at("decoder");
    m_norm_out.declare(out.at("norm_out"), in_channels, m_config.norm_num_groups, m_config.norm_eps, latent_channels);
    m_conv_out.declare(out.at("conv_out"), in_channels, m_config.out_channels);
}

std::vector<nn::ParameterBlock*> VaeDecoder::blocks()
{
    std::vector<nn::ParameterBlock*> all{&m_input_weights, &m_mid_block_weights};
    for (nn::ParameterBlock& level : m_level_weights) all.push_back(&level);
    all.push_back(&m_output_weights);
    return all;
}

Result<VaeDecoding> VaeDecoder::begin(Tensor latents, const VaePlan& how, memory::WeightSource& weights, std::stop_token stop)
{
    if (latents.dim() != 5 || latents.size(1) != m_config.latent_channels || latents.numel() == 0 ||
        !latents.is_floating_point()) {
        return fail(ErrorCode::BadInput,
                    "The latents have the shape [{}], but the autoencoder needs [batch, {}, frames, height, width] of floats",
                    fmt::join(latents.sizes(), ", "), m_config.latent_channels);
    }
    if (how.method == VaeMethod::Strips && how.strips < 1) {
        return fail(ErrorCode::Usage, "{} strips are not possible: 1 is the least", how.strips);
    }
    if (how.method == VaeMethod::Tiles) TRY(check_tiles(how.tiles, m_config.spatial_scale()));
    return VaeDecoding(*this, std::move(latents), how, weights, std::move(stop));
}

DecodedRegion::DecodedRegion(VaeDecoder& decoder, std::int64_t strips, CachePlace cache)
    : m_decoder(&decoder),
      m_strips(strips),
      m_conv_in_past(cache),
      m_mid_block_past(decoder.m_mid_block.new_past(cache)),
      m_conv_out_past(cache)
{
    for (const VaeLevel& level : decoder.m_levels) m_level_pasts.push_back(level.new_past(cache));
}

// So that the widest layer has as many bands as there are strips.
BandSize DecodedRegion::band_size(const Tensor& z) const
{
    const VaeConfig& config = m_decoder->m_config;
    std::int64_t widest = 0, in_channels = config.block_out_channels.back();
    for (std::int64_t level = 0; level < config.levels(); ++level) {
        const std::int64_t ratio = std::min(config.temporal_compression_ratio, std::int64_t{1} << level);
        const std::int64_t frames = z.size(0) % 2 == 1 ? 1 + (z.size(0) - 1) * ratio : z.size(0) * ratio;
        const std::int64_t out_channels = config.block_out_channels[std::size_t(config.levels() - 1 - level)];
        widest = std::max(widest, (frames * z.size(2) * z.size(3) << (2 * level)) * std::max(in_channels, out_channels));
        in_channels = out_channels;
    }
    return {(widest + m_strips - 1) / m_strips};
}

Result<Tensor> DecodedRegion::decode(const Tensor& z, Keep keep, memory::WeightSource& weights, const std::stop_token& stop)
{
    TRY(check_not_cancelled(stop));
    BlockRun run{band_size(z), keep, {}, stop};
    Frames x;
    {
        const auto held = weights.acquire(m_decoder->m_input_weights);
        const Tensor& weight = m_decoder->m_conv_in.weight.value;
        run.latents = z.to(weight.device(), weight.scalar_type()).contiguous();
        for (std::int64_t i = 0; i < z.size(0); ++i) x.push_back(run.latents[i]);
        x = BandedConv(m_decoder->m_conv_in, as_they_are(x), run.bands, m_conv_in_past, keep).compute();
    }
    TRY(check_not_cancelled(stop));
    {
        const auto held = weights.acquire(m_decoder->m_mid_block_weights);
        TRY(m_decoder->m_mid_block.forward(x, m_mid_block_past, run));
    }
    for (std::size_t level = 0; level < m_level_pasts.size(); ++level) {
        TRY(check_not_cancelled(stop));
        const auto held = weights.acquire(m_decoder->m_level_weights[level]);
        TRY(m_decoder->m_levels[level].forward(x, m_level_pasts[level], run));
    }
    TRY(check_not_cancelled(stop));
    const auto held = weights.acquire(m_decoder->m_output_weights);
    return BandedConv(m_decoder->m_conv_out, m_decoder->m_norm_out.of(x, run.latents), run.bands, m_conv_out_past, keep)
        .compute_picture();
}

std::int64_t DecodedRegion::past_bytes() const
{
    std::int64_t total = m_conv_in_past.size_bytes() + m_mid_block_past.size_bytes() + m_conv_out_past.size_bytes();
    for (const VaeLevel::Past& past : m_level_pasts) total += past.size_bytes();
    return total;
}

std::int64_t DecodedRegion::parked_bytes() const
{
    std::int64_t total = m_conv_in_past.parked_bytes() + m_mid_block_past.parked_bytes() + m_conv_out_past.parked_bytes();
    for (const VaeLevel::Past& past : m_level_pasts) total += past.parked_bytes();
    return total;
}

VaeDecoding::VaeDecoding(VaeDecoder& decoder, Tensor latents, const VaePlan& how, memory::WeightSource& weights,
                         std::stop_token stop)
    : m_decoder(&decoder), m_weights(&weights), m_stop(std::move(stop)), m_latents(std::move(latents))
{
    const std::int64_t height = m_latents.size(3), width = m_latents.size(4), scale = decoder.m_config.spatial_scale();
    m_grid = how.method == VaeMethod::Tiles ? tile_grid(how.tiles, height, width, scale) : whole_picture(height, width, scale);
    const std::int64_t strips = how.method == VaeMethod::Strips ? how.strips : 1;
    m_tiles.assign(m_grid.vertical.spans.size() * m_grid.horizontal.spans.size(), DecodedRegion(decoder, strips, how.cache));
}

Result<std::optional<Tensor>> VaeDecoding::next()
{
    TRY(check_not_cancelled(m_stop));
    const VaeConfig& config = m_decoder->m_config;
    const std::int64_t latents = m_latents.size(2);
    if (m_latents_done == latents) return std::nullopt;
    const std::int64_t count = m_latents_done == 0 ? VaeConfig::first_latents(latents) : VaeConfig::kLatentBatch;
    // The scale is undone in float32 whatever the dtype of the weights: [frames, batch, height, width, latent_channels].
    const Tensor z =
        m_latents.narrow(2, m_latents_done, count).to(at::kFloat).mul(1 / config.scaling_factor).permute({2, 0, 3, 4, 1});
    m_latents_done += count;
    Tensor frames = TRY(decode_tiles(z, m_latents_done < latents ? Keep::Past : Keep::Nothing));
    return frames.clamp_(-1, 1).permute({1, 4, 0, 2, 3});  // [batch, 3, frames, height, width]
}

// All tiles of the batch before any of the next, so that whole frames leave. The reference decodes a tile through all frames,
// which gives the same pixels, since a tile knows nothing of the others.
Result<Tensor> VaeDecoding::decode_tiles(const Tensor& z, Keep keep)
{
    TileBlender blender(m_grid);
    std::size_t tile = 0;
    for (const TileAxis::Span& rows : m_grid.vertical.spans) {
        for (const TileAxis::Span& columns : m_grid.horizontal.spans) {
            const Tensor part = z.narrow(2, rows.start, rows.size).narrow(3, columns.start, columns.size);
            blender.add(TRY(m_tiles[tile++].decode(part, keep, *m_weights, m_stop)));
        }
    }
    return blender.take();
}

std::int64_t VaeDecoding::past_bytes() const
{
    std::int64_t total = 0;
    for (const DecodedRegion& tile : m_tiles) total += tile.past_bytes();
    return total;
}

std::int64_t VaeDecoding::parked_bytes() const
{
    std::int64_t total = 0;
    for (const DecodedRegion& tile : m_tiles) total += tile.parked_bytes();
    return total;
}

}  // namespace headroom::models::cogvideox

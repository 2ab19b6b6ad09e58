#include "core/models/hunyuan_video/vae_decoder.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/ranges.h>

#include "core/base/cancel.h"
#include "core/models/hunyuan_video/time_blend.h"

namespace headroom::models::hunyuan_video {

VaeDecoder::VaeDecoder(VaeConfig config)
    : m_config(std::move(config)), m_levels(m_config.block_out_channels.size()), m_level_weights(m_levels.size())
{
    const nn::Declare in(m_input_weights);
    const std::vector<std::int64_t>& channels = m_config.block_out_channels;
    m_input.post_quant_conv.declare(in.at("post_quant_conv"), m_config.latent_channels, m_config.latent_channels, 3);
    m_input.conv_in.declare(in.at("decoder").at("conv_in"), m_config.latent_channels, channels.back());
    m_mid_block.declare(nn::Declare(m_mid_block_weights).at("decoder.mid_block"), m_config);
    std::int64_t in_channels = channels.back();
    for (std::size_t level = 0; level < m_levels.size(); ++level) {
        nn::ParameterBlock& weights = m_level_weights[level];
        weights.name = "decoder.up_blocks." + std::to_string(level);
        const std::int64_t out_channels = channels[channels.size() - 1 - level];
        m_levels[level].declare(nn::Declare(weights).at(weights.name), m_config, in_channels, out_channels,
                                VaeLevel::Way::ToPixels, m_config.step_after(level));
        in_channels = out_channels;
    }
    m_head.declare(nn::Declare(m_head_weights).at("decoder"), m_config, channels.front(), m_config.out_channels);
}

std::vector<nn::ParameterBlock*> VaeDecoder::blocks()
{
    std::vector<nn::ParameterBlock*> all{&m_input_weights, &m_mid_block_weights};
    for (nn::ParameterBlock& level : m_level_weights) all.push_back(&level);
    all.push_back(&m_head_weights);
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
    if (how.method == VaeMethod::Tiles) TRY(check_tiles(how.tiles, m_config.spatial_compression_ratio));
    return VaeDecoding(*this, std::move(latents), how, weights, std::move(stop));
}

// z: [frames, batch, height, width, latent_channels], unscaled, float32 → [pixel frames, batch, height · scale, width · scale,
// 3].
Result<Tensor> VaeDecoder::decode(const Tensor& z, memory::WeightSource& weights, const BlockRun& run)
{
    TRY(check_not_cancelled(run.stop));
    Frames x;
    {
        const auto held = weights.acquire(m_input_weights);
        const Tensor& weight = m_input.post_quant_conv.weight.value;
        Frames latents;
        for (std::int64_t i = 0; i < z.size(0); ++i) {
            latents.push_back(m_input.post_quant_conv.forward(z[i].to(weight.device(), weight.scalar_type()).contiguous()));
        }
        x = ConvInBands(m_input.conv_in, as_they_are(latents), run.bands).compute();
    }
    {
        const auto held = weights.acquire(m_mid_block_weights);
        TRY(m_mid_block.forward(x, run));
    }
    for (std::size_t level = 0; level < m_levels.size(); ++level) {
        const auto held = weights.acquire(m_level_weights[level]);
        TRY(m_levels[level].forward(x, run));
    }
    TRY(check_not_cancelled(run.stop));
    const auto held = weights.acquire(m_head_weights);
    return m_head.forward(x, run.bands);
}

VaeDecoding::VaeDecoding(VaeDecoder& decoder, Tensor latents, const VaePlan& how, memory::WeightSource& weights,
                         std::stop_token stop)
    : m_decoder(&decoder),
      m_weights(&weights),
      m_run{how.method == VaeMethod::Strips ? how.strips : 1, std::move(stop)},
      m_latents(std::move(latents))
{
    const std::int64_t height = m_latents.size(3), width = m_latents.size(4), scale = decoder.m_config.spatial_compression_ratio;
    m_grid = how.method == VaeMethod::Tiles ? tile_grid(how.tiles, height, width, scale) : whole_picture(height, width, scale);
}

Result<std::optional<Tensor>> VaeDecoding::next()
{
    TRY(check_not_cancelled(m_run.stop));
    const std::int64_t left = frame_count() - m_frames_done;
    if (left == 0) return std::nullopt;
    const bool is_first = m_tile_start == 0;
    Tensor tile = TRY(decode_time_tile());
    if (!is_first) {
        tile = tile.narrow(0, 1, tile.size(0) - 1);
        fade_in_frames(tile, std::exchange(m_tail, {}));
    }
    const std::int64_t given = std::min(left, is_first ? TimeTiles::kStrideFrames + 1 : TimeTiles::kStrideFrames);
    if (given < left) {
        const std::int64_t kept = std::min(TimeTiles::kBlendFrames, tile.size(0));
        m_tail = tile.narrow(0, tile.size(0) - kept, kept).clone();
    }
    m_tile_start += TimeTiles::kStrideFrames / m_decoder->m_config.temporal_compression_ratio;
    m_frames_done += given;
    return tile.narrow(0, 0, given).clamp_(-1, 1).permute({1, 4, 0, 2, 3});  // [batch, 3, frames, height, width]
}

// The pictures' tiles of one tile of time, before any of the next, as the reference does. → [frames, batch, height, width, 3].
Result<Tensor> VaeDecoding::decode_time_tile()
{
    const VaeConfig& config = m_decoder->m_config;
    const std::int64_t tile_latents = TimeTiles::kTileFrames / config.temporal_compression_ratio + 1;
    const std::int64_t count = std::min(tile_latents, m_latents.size(2) - m_tile_start);
    // The scale is undone in float32 whatever the dtype of the weights: [frames, batch, height, width, latent_channels].
    const Tensor z = m_latents.narrow(2, m_tile_start, count).to(at::kFloat).div(config.scaling_factor).permute({2, 0, 3, 4, 1});
    TileBlender blender(m_grid);
    for (const TileAxis::Span& rows : m_grid.vertical.spans) {
        for (const TileAxis::Span& columns : m_grid.horizontal.spans) {
            const Tensor part = z.narrow(2, rows.start, rows.size).narrow(3, columns.start, columns.size);
            blender.add(TRY(m_decoder->decode(part, *m_weights, m_run)));
        }
    }
    return blender.take();
}

}  // namespace headroom::models::hunyuan_video

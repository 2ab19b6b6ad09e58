#include "core/models/wan/vae_decoder.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/tensor.h>
#include <fmt/ranges.h>

#include "core/base/cancel.h"
#include "core/models/wan/vae_patches.h"

namespace headroom::models::wan {

namespace {

// A number for each latent channel, to be broadcast over [batch, z_dim, frames, height, width].
Tensor channel_values(const std::vector<double>& values, const Tensor& latents)
{
    return at::tensor(values, at::TensorOptions().dtype(at::kFloat)).view({-1, 1, 1, 1}).to(latents.device());
}

Result<void> check_plan(const VaePlan& how, std::int64_t scale)
{
    if (how.latents_per_chunk != 1 && how.latents_per_chunk != 2) {
        return fail(ErrorCode::Usage, "{} latent frames a chunk are not possible: 1 or 2 are", how.latents_per_chunk);
    }
    if (how.method == VaeMethod::Strips && how.strips < 1) {
        return fail(ErrorCode::Usage, "{} strips are not possible: 1 is the least", how.strips);
    }
    if (how.method == VaeMethod::Tiles) TRY(check_tiles(how.tiles, scale));
    return {};
}

}  // namespace

VaeDecoder::VaeDecoder(VaeConfig config) : m_config(std::move(config)), m_layers(m_config) {}

Result<VaeDecoding> VaeDecoder::begin(Tensor latents, const VaePlan& how, memory::WeightSource& weights, std::stop_token stop)
{
    if (latents.dim() != 5 || latents.size(1) != m_config.z_dim || latents.numel() == 0 || !latents.is_floating_point()) {
        return fail(ErrorCode::BadInput,
                    "The latents have the shape [{}], but the autoencoder needs [batch, {}, frames, height, width] of floats",
                    fmt::join(latents.sizes(), ", "), m_config.z_dim);
    }
    TRY(check_plan(how, m_config.scale_factor_spatial));
    return VaeDecoding(*this, std::move(latents), how, weights, std::move(stop));
}

VaeDecoding::VaeDecoding(VaeDecoder& decoder, Tensor latents, const VaePlan& how, memory::WeightSource& weights,
                         std::stop_token stop)
    : m_decoder(&decoder),
      m_weights(&weights),
      m_stop(std::move(stop)),
      m_latents(std::move(latents)),
      m_latents_per_chunk(how.latents_per_chunk)
{
    const std::int64_t height = m_latents.size(3), width = m_latents.size(4);
    // Tiles meet as patches, as in the reference: what is blended then are a patch's channels.
    const std::int64_t patch = decoder.m_config.patch_edge(), scale = decoder.m_config.scale_factor_spatial / patch;
    m_grid = how.method == VaeMethod::Tiles ? tile_grid(scaled_down(how.tiles, patch), height, width, scale)
                                            : whole_picture(height, width, scale);
    const auto place = how.cache == CachePlace::Host ? nn::CausalHistory::Place::Host : nn::CausalHistory::Place::Device;
    const std::int64_t strips = how.method == VaeMethod::Strips ? how.strips : 1;
    const std::size_t count = m_grid.vertical.spans.size() * m_grid.horizontal.spans.size();
    m_tiles.assign(count, VaeRegion(decoder.m_layers, strips, place));
}

Result<std::optional<Tensor>> VaeDecoding::next()
{
    TRY(check_not_cancelled(m_stop));
    const std::int64_t latents_left = m_latents.size(2) - m_latents_done;
    if (latents_left == 0) return std::nullopt;
    const ChunkPosition position = m_latents_done == 0 ? ChunkPosition::First : ChunkPosition::Later;
    const std::int64_t latent_count = position == ChunkPosition::First ? 1 : std::min(m_latents_per_chunk, latents_left);

    Tensor frames = TRY(decode_tiles(take_latents(latent_count), position));
    frames.clamp_(-1, 1);
    frames = unpatchify(frames, m_decoder->m_config.patch_edge());
    m_latents_done += latent_count;
    return frames.permute({1, 4, 0, 2, 3});  // [batch, 3, frames, height, width]
}

// [frames, batch, height, width, z_dim], float32. The statistics are applied in float32 whatever the dtype of the weights: in
// bfloat16 they would lose what the transformer has kept.
Tensor VaeDecoding::take_latents(std::int64_t count) const
{
    const VaeConfig& config = m_decoder->m_config;
    const Tensor z = m_latents.narrow(2, m_latents_done, count).to(at::kFloat);
    return z.mul(channel_values(config.latents_std, z)).add_(channel_values(config.latents_mean, z)).permute({2, 0, 3, 4, 1});
}

// All tiles of the chunk before any of the next, so that whole frames leave. The reference decodes a tile through all frames,
// which gives the same pixels, since a tile knows nothing of the others.
Result<Tensor> VaeDecoding::decode_tiles(const Tensor& z, ChunkPosition position)
{
    TileBlender blender(m_grid);
    std::size_t tile = 0;
    for (const TileAxis::Span& rows : m_grid.vertical.spans) {
        for (const TileAxis::Span& columns : m_grid.horizontal.spans) {
            const Tensor part = z.narrow(2, rows.start, rows.size).narrow(3, columns.start, columns.size);
            blender.add(TRY(m_tiles[tile++].decode(part, position, *m_weights, m_stop)));
        }
    }
    return blender.take();
}

std::int64_t VaeDecoding::past_bytes() const
{
    std::int64_t total = 0;
    for (const VaeRegion& tile : m_tiles) total += tile.past_bytes();
    return total;
}

std::int64_t VaeDecoding::parked_bytes() const
{
    std::int64_t total = 0;
    for (const VaeRegion& tile : m_tiles) total += tile.parked_bytes();
    return total;
}

}  // namespace headroom::models::wan

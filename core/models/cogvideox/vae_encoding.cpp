#include "core/models/cogvideox/vae_encoding.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/empty.h>
#include <fmt/ranges.h>

#include "core/base/cancel.h"
#include "core/tensor/dry_run.h"

namespace headroom::models::cogvideox {

namespace {

constexpr std::int64_t kColours = 3;

TileGeometry in_latents(const TileGeometry& tiles, int scale)
{
    return {.tile_width = tiles.tile_width / scale,
            .tile_height = tiles.tile_height / scale,
            .stride_width = tiles.stride_width / scale,
            .stride_height = tiles.stride_height / scale};
}

}  // namespace

Result<VaeEncoding> VaeEncoding::begin(VaeEncoder& encoder, const EncodeShape& shape, const VaePlan& how,
                                       at::TensorOptions options, memory::WeightSource& weights, std::stop_token stop)
{
    const std::int64_t scale = encoder.config().spatial_scale();
    if (how.method == VaeMethod::Strips && how.strips < 1) {
        return fail(ErrorCode::Usage, "{} strips are not possible: 1 is the least", how.strips);
    }
    if (shape.height < scale || shape.width < scale || shape.height % scale != 0 || shape.width % scale != 0) {
        return fail(ErrorCode::Usage, "Pictures of {}×{} pixels can't be encoded: both sides must be multiples of {}",
                    shape.width, shape.height, scale);
    }
    const std::int64_t height = shape.height / scale, width = shape.width / scale;
    TileGrid grid = whole_picture(height, width, 1);
    if (how.method == VaeMethod::Tiles) {
        TRY(check_tiles(how.tiles, scale));
        grid = tile_grid(in_latents(how.tiles, int(scale)), height, width, 1);
    }
    return VaeEncoding(encoder, shape, how, std::move(grid), options, weights, std::move(stop));
}

VaeEncoding::VaeEncoding(VaeEncoder& encoder, const EncodeShape& shape, const VaePlan& how, TileGrid grid,
                         at::TensorOptions options, memory::WeightSource& weights, std::stop_token stop)
    : m_encoder(&encoder), m_weights(&weights), m_stop(std::move(stop)), m_grid(std::move(grid)), m_frames_left(shape.frames)
{
    const VaeConfig& config = encoder.config();
    const std::int64_t strips = how.method == VaeMethod::Strips ? how.strips : 1;
    m_tiles.assign(m_grid.vertical.spans.size() * m_grid.horizontal.spans.size(), EncodedRegion(encoder, strips, how.cache));
    m_pending = at::empty({VaeConfig::first_pixels(shape.frames), shape.batch, shape.height, shape.width, kColours}, options);
    const at::Device place = options.device().is_meta() ? options.device() : at::Device(at::kCPU);
    const DryPlacement on_host(DryPlacement::Where::Host);
    m_latents = at::empty({shape.batch, config.latent_channels, config.latent_frames(shape.frames), m_grid.vertical.pixels,
                           m_grid.horizontal.pixels},
                          at::TensorOptions().dtype(at::kFloat).device(place));
}

Result<void> VaeEncoding::push(const Tensor& frames)
{
    if (frames.dim() != 5 || frames.size(0) != m_pending.size(1) || frames.size(1) != kColours ||
        frames.size(3) != m_pending.size(2) || frames.size(4) != m_pending.size(3) || !frames.is_floating_point()) {
        return fail(ErrorCode::BadInput, "The frames have the shape [{}], but [{}, {}, frames, {}, {}] of floats are encoded",
                    fmt::join(frames.sizes(), ", "), m_pending.size(1), kColours, m_pending.size(2), m_pending.size(3));
    }
    const std::int64_t count = std::min(frames.size(2), m_frames_left);
    for (std::int64_t taken = 0; taken < count;) {
        const std::int64_t batch_frames = m_latents_done == 0 ? m_pending.size(0) : VaeConfig::kPixelBatch;
        const std::int64_t added = std::min(count - taken, batch_frames - m_pending_frames);
        m_pending.narrow(0, m_pending_frames, added).copy_(frames.narrow(2, taken, added).permute({2, 0, 3, 4, 1}));
        m_pending_frames += added;
        m_frames_left -= added;
        taken += added;
        if (m_pending_frames == batch_frames) TRY(run_batch(batch_frames, m_frames_left > 0 ? Keep::Past : Keep::Nothing));
    }
    return {};
}

Result<void> VaeEncoding::run_batch(std::int64_t frames, Keep keep)
{
    const std::int64_t scale = m_encoder->config().spatial_scale();
    TileBlender blender(m_grid);
    std::size_t tile = 0;
    for (const TileAxis::Span& rows : m_grid.vertical.spans) {
        for (const TileAxis::Span& columns : m_grid.horizontal.spans) {
            const Tensor pixels = m_pending.narrow(0, 0, frames)
                                      .narrow(2, rows.start * scale, rows.size * scale)
                                      .narrow(3, columns.start * scale, columns.size * scale);
            blender.add(TRY(m_tiles[tile++].encode(pixels, keep, *m_weights, m_stop)));
        }
    }
    const Tensor whole = blender.take();  // [latent frames, batch, height, width, latent_channels]
    m_latents.narrow(2, m_latents_done, whole.size(0)).copy_(whole.permute({1, 4, 0, 2, 3}));
    m_latents_done += whole.size(0);
    m_pending_frames = 0;
    return {};
}

Result<Tensor> VaeEncoding::finish()
{
    TRY(check_not_cancelled(m_stop));
    const VaeConfig& config = m_encoder->config();
    const std::int64_t frames = m_latents_done == 0
                                    ? m_pending_frames
                                    : m_pending_frames / config.temporal_compression_ratio * config.temporal_compression_ratio;
    if (frames > 0) TRY(run_batch(frames, Keep::Nothing));
    if (m_latents_done == 0) return fail(ErrorCode::BadInput, "There is no frame to encode");
    m_frames_left = 0;
    m_pending.reset();
    return m_latents.narrow(2, 0, m_latents_done).mul_(config.scaling_factor).contiguous();
}

std::int64_t VaeEncoding::past_bytes() const
{
    std::int64_t total = 0;
    for (const EncodedRegion& tile : m_tiles) total += tile.past_bytes();
    return total;
}

std::int64_t VaeEncoding::parked_bytes() const
{
    std::int64_t total = 0;
    for (const EncodedRegion& tile : m_tiles) total += tile.parked_bytes();
    return total;
}

}  // namespace headroom::models::cogvideox

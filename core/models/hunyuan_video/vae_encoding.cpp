#include "core/models/hunyuan_video/vae_encoding.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/empty.h>
#include <fmt/ranges.h>

#include "core/base/cancel.h"
#include "core/tensor/dry_run.h"

namespace headroom::models::hunyuan_video {

namespace {

constexpr std::int64_t kColours = 3;
constexpr std::int64_t kPendingFrames = TimeTiles::kTileFrames + 1;
// The first frames of a tile that the one before it has seen too.
constexpr std::int64_t kSharedFrames = kPendingFrames - TimeTiles::kStrideFrames;

}  // namespace

Result<VaeEncoding> VaeEncoding::begin(VaeEncoder& encoder, const EncodeShape& shape, const VaePlan& how,
                                       at::TensorOptions options, memory::WeightSource& weights, std::stop_token stop)
{
    const std::int64_t scale = encoder.config().spatial_compression_ratio;
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
        grid = tile_grid(scaled_down(how.tiles, scale), height, width, 1);
    }
    return VaeEncoding(encoder, shape, how, std::move(grid), options, weights, std::move(stop));
}

VaeEncoding::VaeEncoding(VaeEncoder& encoder, const EncodeShape& shape, const VaePlan& how, TileGrid grid,
                         at::TensorOptions options, memory::WeightSource& weights, std::stop_token stop)
    : m_encoder(&encoder),
      m_weights(&weights),
      m_run{how.method == VaeMethod::Strips ? how.strips : 1, std::move(stop)},
      m_grid(std::move(grid)),
      m_frames_left(shape.frames)
{
    const VaeConfig& config = encoder.config();
    m_pending = at::empty({kPendingFrames, shape.batch, shape.height, shape.width, kColours}, options);
    const at::Device place = options.device().is_meta() ? options.device() : at::Device(at::kCPU);
    const DryPlacement on_host(DryPlacement::Where::Host);
    m_latents = at::empty({shape.batch, config.latent_channels, config.latent_frames(std::max<std::int64_t>(0, shape.frames)),
                           m_grid.vertical.pixels, m_grid.horizontal.pixels},
                          at::TensorOptions().dtype(at::kFloat).device(place));
}

Result<void> VaeEncoding::push(const Tensor& frames)
{
    if (!m_pending.defined() || frames.dim() != 5 || frames.size(0) != m_pending.size(1) || frames.size(1) != kColours ||
        frames.size(3) != m_pending.size(2) || frames.size(4) != m_pending.size(3) || !frames.is_floating_point()) {
        return fail(ErrorCode::BadInput, "The frames have the shape [{}], but [{}, {}, frames, {}, {}] of floats are encoded",
                    fmt::join(frames.sizes(), ", "), m_latents.size(0), kColours,
                    m_latents.size(3) * m_encoder->config().spatial_compression_ratio,
                    m_latents.size(4) * m_encoder->config().spatial_compression_ratio);
    }
    const std::int64_t count = std::min(frames.size(2), m_frames_left);
    m_frames_left -= count;
    for (std::int64_t taken = 0; taken < count;) {
        const std::int64_t added = std::min(count - taken, kPendingFrames - m_pending_frames);
        m_pending.narrow(0, m_pending_frames, added).copy_(frames.narrow(2, taken, added).permute({2, 0, 3, 4, 1}));
        m_pending_frames += added;
        taken += added;
        if (m_pending_frames < kPendingFrames) continue;
        TRY(run_tile(kPendingFrames));
        const Tensor shared = m_pending.narrow(0, TimeTiles::kStrideFrames, kSharedFrames);
        m_pending.narrow(0, 0, kSharedFrames).copy_(shared);
        m_pending_frames = kSharedFrames;
    }
    return {};
}

// Adds the tile's latents to those that are there: all of the first, of a later one those after the two that it shares with the
// tile before.
Result<void> VaeEncoding::run_tile(std::int64_t frames)
{
    const std::int64_t scale = m_encoder->config().spatial_compression_ratio;
    TileBlender blender(m_grid);
    for (const TileAxis::Span& rows : m_grid.vertical.spans) {
        for (const TileAxis::Span& columns : m_grid.horizontal.spans) {
            const Tensor pixels = m_pending.narrow(0, 0, frames)
                                      .narrow(2, rows.start * scale, rows.size * scale)
                                      .narrow(3, columns.start * scale, columns.size * scale);
            blender.add(TRY(m_encoder->encode(pixels, *m_weights, m_run)));
        }
    }
    const std::int64_t shared = m_latents_done == 0 ? 0 : m_encoder->config().latent_frames(kSharedFrames);
    const Tensor latents = blender.take();  // [latent frames, batch, height, width, latent_channels]
    const Tensor added = latents.narrow(0, shared, latents.size(0) - shared);
    m_latents.narrow(2, m_latents_done, added.size(0)).copy_(added.permute({1, 4, 0, 2, 3}));
    m_latents_done += added.size(0);
    return {};
}

Result<Tensor> VaeEncoding::finish()
{
    TRY(check_not_cancelled(m_run.stop));
    const VaeConfig& config = m_encoder->config();
    const std::int64_t latent_frames = config.latent_frames(m_pending_frames);
    const std::int64_t shared = m_latents_done == 0 ? 0 : config.latent_frames(kSharedFrames);
    if (latent_frames > shared) TRY(run_tile(config.pixel_frames(latent_frames)));
    if (m_latents_done == 0) return fail(ErrorCode::BadInput, "There is no frame to encode");
    m_frames_left = 0;
    m_pending.reset();
    return m_latents.narrow(2, 0, m_latents_done).mul_(config.scaling_factor).contiguous();
}

}  // namespace headroom::models::hunyuan_video

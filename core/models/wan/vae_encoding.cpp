#include "core/models/wan/vae_encoding.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <fmt/ranges.h>

#include "core/base/cancel.h"
#include "core/models/wan/vae_patches.h"
#include "core/tensor/dry_run.h"

namespace headroom::models::wan {

namespace {

constexpr std::int64_t kColours = 3;

// A number for each latent channel, to be broadcast over [batch, z_dim, frames, height, width].
Tensor channel_values(const std::vector<double>& values, const Tensor& latents)
{
    return at::tensor(values, at::TensorOptions().dtype(at::kFloat)).view({-1, 1, 1, 1}).to(latents.device());
}

}  // namespace

Result<VaeEncoding> VaeEncoding::begin(VaeEncoder& encoder, const EncodeShape& shape, const VaePlan& how,
                                       at::TensorOptions options, memory::WeightSource& weights, std::stop_token stop)
{
    const std::int64_t scale = encoder.config().scale_factor_spatial;
    if (how.latents_per_chunk != 1 && how.latents_per_chunk != 2) {
        return fail(ErrorCode::Usage, "{} latent frames a chunk are not possible: 1 or 2 are", how.latents_per_chunk);
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
    : m_encoder(&encoder), m_weights(&weights), m_stop(std::move(stop)), m_grid(std::move(grid)), m_frames_left(shape.frames)
{
    const VaeConfig& config = encoder.config();
    const std::int64_t scale = config.scale_factor_spatial / config.patch_edge();
    const int strips = how.method == VaeMethod::Strips ? how.strips : 1;
    const auto cache = how.cache == CachePlace::Host ? nn::CausalHistory::Place::Host : nn::CausalHistory::Place::Device;
    for (const TileAxis::Span& rows : m_grid.vertical.spans) {
        for (const TileAxis::Span& columns : m_grid.horizontal.spans) {
            m_passes.emplace_back(encoder, rows.size * scale, columns.size * scale, strips, cache);
        }
    }
    const std::int64_t chunk_frames = how.latents_per_chunk * config.scale_factor_temporal;
    m_pending = at::empty({chunk_frames, shape.batch, shape.height, shape.width, kColours}, options);
    const std::int64_t latent_frames = shape.frames < 1 ? 0 : 1 + (shape.frames - 1) / config.scale_factor_temporal;
    const at::Device place = options.device().is_meta() ? options.device() : at::Device(at::kCPU);
    const DryPlacement on_host(DryPlacement::Where::Host);
    m_latents = at::empty({shape.batch, config.z_dim, latent_frames, m_grid.vertical.pixels, m_grid.horizontal.pixels},
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
    m_frames_left -= count;
    for (std::int64_t taken = 0; taken < count;) {
        const std::int64_t chunk_frames = m_latents_done == 0 ? 1 : m_pending.size(0);
        const std::int64_t added = std::min(count - taken, chunk_frames - m_pending_frames);
        m_pending.narrow(0, m_pending_frames, added).copy_(frames.narrow(2, taken, added).permute({2, 0, 3, 4, 1}));
        m_pending_frames += added;
        taken += added;
        if (m_pending_frames == chunk_frames) TRY(run_chunk(chunk_frames));
    }
    return {};
}

Result<void> VaeEncoding::run_chunk(std::int64_t frames)
{
    const std::int64_t scale = m_encoder->config().scale_factor_spatial;
    const std::int64_t latent_frames = m_latents_done == 0 ? 1 : frames / m_encoder->config().scale_factor_temporal;
    TileBlender blender(m_grid);
    std::size_t index = 0;
    for (const TileAxis::Span& rows : m_grid.vertical.spans) {
        for (const TileAxis::Span& columns : m_grid.horizontal.spans) {
            const Tensor pixels = m_pending.narrow(0, 0, frames)
                                      .narrow(2, rows.start * scale, rows.size * scale)
                                      .narrow(3, columns.start * scale, columns.size * scale);
            blender.add(TRY(m_passes[index].next(patchify(pixels, m_encoder->config().patch_edge()), *m_weights, m_stop)));
            ++index;
        }
    }
    const Tensor whole = blender.take();  // [latent frames, batch, height, width, z_dim]
    m_latents.narrow(2, m_latents_done, latent_frames).copy_(whole.permute({1, 4, 0, 2, 3}));
    m_latents_done += latent_frames;
    m_pending_frames = 0;
    return {};
}

Result<Tensor> VaeEncoding::finish()
{
    TRY(check_not_cancelled(m_stop));
    const std::int64_t scale = m_encoder->config().scale_factor_temporal;
    const std::int64_t whole_frames = m_pending_frames / scale * scale;
    if (whole_frames > 0) TRY(run_chunk(whole_frames));
    if (m_latents_done == 0) return fail(ErrorCode::BadInput, "There is no frame to encode");
    m_frames_left = 0;
    m_pending.reset();
    const VaeConfig& config = m_encoder->config();
    Tensor latents = m_latents.narrow(2, 0, m_latents_done);
    latents.sub_(channel_values(config.latents_mean, latents)).div_(channel_values(config.latents_std, latents));
    return latents.contiguous();
}

std::int64_t VaeEncoding::past_bytes() const
{
    std::int64_t total = 0;
    for (const VaeEncoderPass& pass : m_passes) total += pass.past_bytes();
    return total;
}

std::int64_t VaeEncoding::parked_bytes() const
{
    std::int64_t total = 0;
    for (const VaeEncoderPass& pass : m_passes) total += pass.parked_bytes();
    return total;
}

}  // namespace headroom::models::wan

#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/engine/plan.h"
#include "core/memory/weight_source.h"
#include "core/models/vae_tiles.h"
#include "core/models/wan/vae_config.h"
#include "core/models/wan/vae_layers.h"
#include "core/models/wan/vae_region.h"

namespace headroom::models::wan {

class VaeDecoding;

/// The decoder of AutoencoderKLWan (diffusers 0.42.1, models/autoencoders/autoencoder_kl_wan.py):
/// latents to pixels. It holds the layers alone; what a decode under way remembers is a VaeDecoding, and one decoder
/// may have several. Not movable, since blocks point at layers.
class VaeDecoder {
public:
    explicit VaeDecoder(VaeConfig config);

    const VaeConfig& config() const { return m_config; }
    /// The units of residency, in the order a chunk needs them: input, mid block, one for each level, output. Together
    /// they name every parameter that a checkpoint must have for decoding; the encoder's keys are not among them.
    std::vector<nn::ParameterBlock*> blocks() { return m_layers.blocks(); }

    /// Starts a decode. Nothing is computed before the first next(). latents: [batch, z_dim, latent frames, height,
    /// width] as the transformer leaves them (normalised), of any float dtype, on any device; the whole batch is decoded
    /// at once, whatever the plan's slicing. The decoder and the source must outlive the result.
    ///
    /// The plan: Whole and Strips give the same pixels (the last bit may differ where a kernel depends on the size; on the CPU
    /// none was seen), Tiles those of diffusers' tiled decode. 2 latents a chunk are faster than 1 and take about twice the
    /// memory, with the same pixels within rounding. Where the cache lies changes no bit. Errors: BadInput for latents of another
    /// shape, Usage for a plan that can't be followed (tiles: see check_tiles).
    Result<VaeDecoding> begin(Tensor latents, const VaePlan& how, memory::WeightSource& weights, std::stop_token stop = {});

private:
    friend class VaeDecoding;

    VaeConfig m_config;
    VaeLayers m_layers;
};

/// A decode under way: hands out pixel frames chunk by chunk, so that a clip never exists whole. What it keeps between
/// chunks does not depend on the number of frames. It computes in the dtype and on the device of the weights that the
/// source gives. One thread at a time uses it.
class VaeDecoding {
public:
    /// The next pixel frames: [batch, 3, frames, height · scale, width · scale] in [-1, 1]. Their memory is ordered [frames,
    /// batch, height, width, 3], so that a frame is packed RGB. First one frame, which needs the first latent frame
    /// alone; then 4 for each latent of a chunk. nullopt after the last. Errors: Cancelled, within one block of the
    /// stop; the decode can't go on after that.
    Result<std::optional<Tensor>> next();

    /// Pixel frames that all chunks give together.
    std::int64_t frame_count() const { return m_decoder->m_config.pixel_frames(m_latents.size(2)); }
    /// Pixel frames handed out so far.
    std::int64_t frames_done() const { return m_decoder->m_config.pixel_frames(m_latents_done); }
    /// Bytes kept for the next chunk, and how many of them lie in the computer's memory although the device is another.
    std::int64_t past_bytes() const;
    std::int64_t parked_bytes() const;

private:
    friend class VaeDecoder;

    VaeDecoding(VaeDecoder& decoder, Tensor latents, const VaePlan& how, memory::WeightSource& weights, std::stop_token stop);

    Tensor take_latents(std::int64_t count) const;
    Result<Tensor> decode_tiles(const Tensor& z, ChunkPosition position);

    VaeDecoder* m_decoder;
    memory::WeightSource* m_weights;
    std::stop_token m_stop;
    Tensor m_latents;
    std::int64_t m_latents_per_chunk;
    std::int64_t m_latents_done = 0;

    TileGrid m_grid;                 // One tile unless the method is Tiles.
    std::vector<VaeRegion> m_tiles;  // In the grid's order.
};

}  // namespace headroom::models::wan

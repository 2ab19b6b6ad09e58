#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/engine/plan.h"
#include "core/memory/weight_source.h"
#include "core/models/cogvideox/vae_blocks.h"
#include "core/models/cogvideox/vae_config.h"
#include "core/models/vae_tiles.h"

namespace headroom::models::cogvideox {

class VaeDecoding;

/// The decoder of AutoencoderKLCogVideoX (diffusers 0.42.1, models/autoencoders/autoencoder_kl_cogvideox.py): latents to pixels.
/// It holds the layers alone; what a decode under way remembers is a VaeDecoding, and one decoder may have several. Not movable,
/// since blocks point at layers.
class VaeDecoder {
public:
    explicit VaeDecoder(VaeConfig config);
    VaeDecoder(const VaeDecoder&) = delete;
    VaeDecoder& operator=(const VaeDecoder&) = delete;

    const VaeConfig& config() const { return m_config; }
    /// The units of residency, in the order a batch needs them: input, mid block, one for each level, output. Together they name
    /// every parameter that a checkpoint must have for decoding.
    std::vector<nn::ParameterBlock*> blocks();

    /// Starts a decode. Nothing is computed before the first next(). latents: [batch, latent_channels, latent frames, height,
    /// width] as the transformer leaves them (scaled), of any float dtype, on any device; any number of frames. The whole batch
    /// is decoded at once, whatever the plan's slicing. The decoder and the source must outlive the result.
    ///
    /// The plan: Whole and Strips give the same pixels (the last bit may differ where a kernel depends on the size), Tiles those
    /// of diffusers' tiled decode where that gives pictures of the right size. A strip is a band of the widest layer's input;
    /// smaller layers have fewer. Two latents are always taken at once, whatever the plan's latents per chunk. Where the cache
    /// lies changes no bit. Errors: BadInput for latents of another shape, Usage for a plan that can't be followed (tiles: see
    /// check_tiles).
    Result<VaeDecoding> begin(Tensor latents, const VaePlan& how, memory::WeightSource& weights, std::stop_token stop = {});

private:
    friend class VaeDecoding;
    friend class DecodedRegion;

    VaeConfig m_config;
    VaeConv m_conv_in;
    VaeLevel m_mid_block;
    std::vector<VaeLevel> m_levels;
    VaeNorm m_norm_out;
    VaeConv m_conv_out;

    nn::ParameterBlock m_input_weights{"decoder.input", {}};
    nn::ParameterBlock m_mid_block_weights{"decoder.mid_block", {}};
    std::vector<nn::ParameterBlock> m_level_weights;
    nn::ParameterBlock m_output_weights{"decoder.output", {}};
};

/// The decode of one region of a clip's pictures, the whole or a tile, batch by batch: the pasts of all convolutions.
class DecodedRegion {
public:
    /// strips: bands of the widest layer. The decoder must outlive the region.
    DecodedRegion(VaeDecoder& decoder, std::int64_t strips, CachePlace cache);

    /// The next batch. z: [frames, batch, height, width, latent_channels], unscaled, float32 → [pixel frames, batch, height ·
    /// scale, width · scale, 3], in the dtype of the weights. Errors: Cancelled; the region can't go on after that.
    Result<Tensor> decode(const Tensor& z, Keep keep, memory::WeightSource& weights, const std::stop_token& stop);

    /// Bytes kept for the next batch, and how many of them lie in the computer's memory although the device is another.
    std::int64_t past_bytes() const;
    std::int64_t parked_bytes() const;

private:
    BandSize band_size(const Tensor& z) const;

    VaeDecoder* m_decoder;
    std::int64_t m_strips;
    ConvPast m_conv_in_past;
    VaeLevel::Past m_mid_block_past;
    std::vector<VaeLevel::Past> m_level_pasts;
    ConvPast m_conv_out_past;
};

/// A decode under way: hands out pixel frames batch by batch, so that a clip never exists whole. What it keeps between batches
/// does not depend on the number of frames. It computes in the dtype and on the device of the weights that the source gives. One
/// thread at a time uses it.
class VaeDecoding {
public:
    /// The next pixel frames: [batch, 3, frames, height · scale, width · scale] in [-1, 1]. Their memory is ordered [frames,
    /// batch, height, width, 3], so that a frame is packed RGB. For each batch of two latent frames twice as many as one stands
    /// for; of an odd number the first batch is three latents (one, if there is no more), the first of which stands for one
    /// frame. nullopt after the last. Errors: Cancelled, within one convolution of the stop; the decode can't go on after that.
    Result<std::optional<Tensor>> next();

    /// Pixel frames that all batches give together.
    std::int64_t frame_count() const { return m_decoder->m_config.pixel_frames(m_latents.size(2)); }
    /// Bytes kept for the next batch, and how many of them lie in the computer's memory although the device is another.
    std::int64_t past_bytes() const;
    std::int64_t parked_bytes() const;

private:
    friend class VaeDecoder;

    VaeDecoding(VaeDecoder& decoder, Tensor latents, const VaePlan& how, memory::WeightSource& weights, std::stop_token stop);

    Result<Tensor> decode_tiles(const Tensor& z, Keep keep);

    VaeDecoder* m_decoder;
    memory::WeightSource* m_weights;
    std::stop_token m_stop;
    Tensor m_latents;
    std::int64_t m_latents_done = 0;

    TileGrid m_grid;                     // One tile unless the method is Tiles.
    std::vector<DecodedRegion> m_tiles;  // In the grid's order.
};

}  // namespace headroom::models::cogvideox

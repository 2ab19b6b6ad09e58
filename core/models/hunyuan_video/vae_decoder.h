#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/engine/plan.h"
#include "core/memory/weight_source.h"
#include "core/models/hunyuan_video/vae_blocks.h"
#include "core/models/hunyuan_video/vae_config.h"
#include "core/models/vae_tiles.h"

namespace headroom::models::hunyuan_video {

class VaeDecoding;

/// The decoder of AutoencoderKLHunyuanVideo (diffusers 0.42.1, models/autoencoders/autoencoder_kl_hunyuan_video.py): latents to
/// pixels. It holds the layers alone; what a decode under way remembers is a VaeDecoding, and one decoder may have several. Not
/// movable, since blocks point at layers.
class VaeDecoder {
public:
    explicit VaeDecoder(VaeConfig config);
    VaeDecoder(const VaeDecoder&) = delete;
    VaeDecoder& operator=(const VaeDecoder&) = delete;

    const VaeConfig& config() const { return m_config; }
    /// The units of residency, in the order a tile needs them: input, mid block, one for each level, output. Together they name
    /// every parameter that a checkpoint must have for decoding.
    std::vector<nn::ParameterBlock*> blocks();

    /// Starts a decode. Nothing is computed before the first next(). latents: [batch, latent_channels, latent frames, height,
    /// width] as the transformer leaves them (scaled), of any float dtype, on any device; the whole batch is decoded at once,
    /// whatever the plan's slicing. The decoder and the source must outlive the result.
    ///
    /// The plan: Whole and Strips give the same pixels (the last bit may differ where a kernel depends on the size), Tiles those
    /// of diffusers' tiled decode. In time every decode is tiled as diffusers does by default (TimeTiles), so latents a chunk and
    /// the place of the cache, which it has none of, do not count. Errors: BadInput for latents of another shape, Usage for a
    /// plan that can't be followed (tiles: see check_tiles).
    Result<VaeDecoding> begin(Tensor latents, const VaePlan& how, memory::WeightSource& weights, std::stop_token stop = {});

private:
    friend class VaeDecoding;

    struct Input {
        nn::PointwiseConv post_quant_conv;
        VaeConv conv_in;
    };

    Result<Tensor> decode(const Tensor& z, memory::WeightSource& weights, const BlockRun& run);

    VaeConfig m_config;
    Input m_input;
    VaeMidBlock m_mid_block;
    std::vector<VaeLevel> m_levels;
    VaeHead m_head;

    nn::ParameterBlock m_input_weights{"decoder.input", {}};
    nn::ParameterBlock m_mid_block_weights{"decoder.mid_block", {}};
    std::vector<nn::ParameterBlock> m_level_weights;
    nn::ParameterBlock m_head_weights{"decoder.output", {}};
};

/// A decode under way: hands out pixel frames tile of time by tile of time, so that a clip never exists whole. Between tiles it
/// keeps the few frames that the next one fades in over, nothing else. It computes in the dtype and on the device of the weights
/// that the source gives. One thread at a time uses it.
class VaeDecoding {
public:
    /// The next pixel frames: [batch, 3, frames, height · scale, width · scale] in [-1, 1]. Their memory is ordered [frames,
    /// batch, height, width, 3], so that a frame is packed RGB. First 13 (fewer when the clip has fewer), then 12, at last what
    /// is left; each needs the latents of its own tile alone. nullopt after the last. Errors: Cancelled, within one layer of the
    /// stop; the decode can't go on after that.
    Result<std::optional<Tensor>> next();

    /// Pixel frames that all chunks give together.
    std::int64_t frame_count() const { return m_decoder->m_config.pixel_frames(m_latents.size(2)); }
    /// Pixel frames handed out so far.
    std::int64_t frames_done() const { return m_frames_done; }

private:
    friend class VaeDecoder;

    VaeDecoding(VaeDecoder& decoder, Tensor latents, const VaePlan& how, memory::WeightSource& weights, std::stop_token stop);

    Result<Tensor> decode_time_tile();

    VaeDecoder* m_decoder;
    memory::WeightSource* m_weights;
    BlockRun m_run;
    Tensor m_latents;
    TileGrid m_grid;                // One tile unless the method is Tiles.
    std::int64_t m_tile_start = 0;  // Of the next tile of time, in latent frames.
    std::int64_t m_frames_done = 0;
    Tensor m_tail;  // The frames that the next tile fades in over: [frames, batch, height, width, 3].
};

}  // namespace headroom::models::hunyuan_video

#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/memory/weight_source.h"
#include "core/models/wan/vae_blocks.h"
#include "core/models/wan/vae_config.h"

namespace headroom::models::wan {

class VaeDecoding;

/// The decoder of AutoencoderKLWan in Wan 2.1's form (diffusers 0.42.1, models/autoencoders/autoencoder_kl_wan.py):
/// latents to pixels. It holds the layers alone; what a decode under way remembers is a VaeDecoding, and one decoder
/// may have several. Not movable, since blocks point at layers.
class VaeDecoder {
public:
    explicit VaeDecoder(VaeConfig config);
    VaeDecoder(const VaeDecoder&) = delete;
    VaeDecoder& operator=(const VaeDecoder&) = delete;

    const VaeConfig& config() const { return m_config; }
    /// The units of residency, in the order a chunk needs them: input, mid block, one for each level, output. Together
    /// they name every parameter that a checkpoint must have for decoding; the encoder's keys are not among them.
    std::vector<nn::ParameterBlock*> blocks();

    /// Starts a decode. Nothing is computed before the first next(). latents: [batch, z_dim, latent frames, height,
    /// width] as the transformer leaves them (normalised), of any float dtype, on any device. latents_per_chunk: latent
    /// frames that a chunk after the first takes, 1 or 2: 2 is faster and takes about twice the memory, with the same
    /// pixels within rounding. The decoder and the source must outlive the result. Errors: BadInput for latents of
    /// another shape, Usage for another chunk size.
    Result<VaeDecoding> begin(Tensor latents, std::int64_t latents_per_chunk, memory::WeightSource& weights,
                              std::stop_token stop = {});

private:
    friend class VaeDecoding;

    struct Input {
        nn::PointwiseConv post_quant_conv;
        nn::CausalConv3d conv_in;
    };
    struct Output {
        nn::ChannelRmsNorm norm_out;
        nn::CausalConv3d conv_out;
    };

    VaeConfig m_config;
    Input m_input;
    VaeMidBlock m_mid_block;
    std::vector<VaeUpBlock> m_up_blocks;
    Output m_output;

    nn::ParameterBlock m_input_weights{"decoder.input", {}};
    nn::ParameterBlock m_mid_block_weights{"decoder.mid_block", {}};
    std::vector<nn::ParameterBlock> m_up_block_weights;
    nn::ParameterBlock m_output_weights{"decoder.output", {}};
};

/// A decode under way: hands out pixel frames chunk by chunk, so that a clip never exists whole. What it keeps between
/// chunks does not depend on the number of frames. It computes in the dtype and on the device of the weights that the
/// source gives. One thread at a time uses it.
class VaeDecoding {
public:
    /// The next pixel frames: [batch, 3, frames, height · 8, width · 8] in [-1, 1]. Their memory is ordered [frames,
    /// batch, height, width, 3], so that a frame is packed RGB. First one frame, which needs the first latent frame
    /// alone; then 4 for each latent of a chunk. nullopt after the last. Errors: Cancelled, within one block of the
    /// stop; the decode can't go on after that.
    Result<std::optional<Tensor>> next();

    /// Pixel frames that all chunks give together.
    std::int64_t frame_count() const { return m_decoder->m_config.pixel_frames(m_latents.size(2)); }
    /// Pixel frames handed out so far.
    std::int64_t frames_done() const { return m_decoder->m_config.pixel_frames(m_latents_done); }
    /// Bytes kept for the next chunk.
    std::int64_t past_bytes() const;

private:
    friend class VaeDecoder;

    VaeDecoding(VaeDecoder& decoder, Tensor latents, std::int64_t latents_per_chunk, memory::WeightSource& weights,
                std::stop_token stop);

    Tensor run_input(std::int64_t latent_count);
    Tensor run_output(Tensor x);

    VaeDecoder* m_decoder;
    memory::WeightSource* m_weights;
    std::stop_token m_stop;
    Tensor m_latents;
    std::int64_t m_latents_per_chunk;
    std::int64_t m_latents_done = 0;

    nn::CausalHistory m_conv_in_past;
    VaeMidBlock::Past m_mid_block_past;
    std::vector<VaeUpBlock::Past> m_up_block_pasts;
    nn::CausalHistory m_conv_out_past;
};

}  // namespace headroom::models::wan

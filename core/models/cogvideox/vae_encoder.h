#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/memory/weight_source.h"
#include "core/models/cogvideox/vae_blocks.h"
#include "core/models/cogvideox/vae_config.h"

namespace headroom::models::cogvideox {

/// The encoder of AutoencoderKLCogVideoX (diffusers 0.42.1, models/autoencoders/autoencoder_kl_cogvideox.py): pixels to latents.
/// It holds the layers alone; what an encode under way remembers are EncodedRegions. Not movable, since blocks point at layers.
class VaeEncoder {
public:
    explicit VaeEncoder(VaeConfig config);
    VaeEncoder(const VaeEncoder&) = delete;
    VaeEncoder& operator=(const VaeEncoder&) = delete;

    const VaeConfig& config() const { return m_config; }
    /// The units of residency, in the order a batch needs them: input, one for each level, mid block, output. Together they name
    /// every parameter that a checkpoint must have for encoding.
    std::vector<nn::ParameterBlock*> blocks();

private:
    friend class EncodedRegion;

    VaeConfig m_config;
    VaeConv m_conv_in;
    std::vector<VaeLevel> m_levels;
    VaeLevel m_mid_block;
    VaeNorm m_norm_out;
    VaeConv m_conv_out;

    nn::ParameterBlock m_input_weights{"encoder.input", {}};
    std::vector<nn::ParameterBlock> m_level_weights;
    nn::ParameterBlock m_mid_block_weights{"encoder.mid_block", {}};
    nn::ParameterBlock m_output_weights{"encoder.output", {}};
};

/// Refuses an autoencoder that decodes but can't encode: one whose pictures have other than three colours. Errors: BadModel.
Result<void> check_encodes(const VaeConfig& config);

/// The encode of one region of a clip's pictures, the whole or a tile, batch by batch: the pasts of all convolutions.
class EncodedRegion {
public:
    /// strips: bands of the widest layer. The encoder must outlive the region.
    EncodedRegion(VaeEncoder& encoder, std::int64_t strips, CachePlace cache);

    /// The next batch. pixels: [frames, batch, height, width, 3] of any dtype and order in memory → the mode of the latents'
    /// distribution, [latent frames, batch, height / scale, width / scale, latent_channels], not scaled, in the dtype of the
    /// weights. Errors: Cancelled; the region can't go on after that.
    Result<Tensor> encode(const Tensor& pixels, Keep keep, memory::WeightSource& weights, const std::stop_token& stop);

    /// Bytes kept for the next batch, and how many of them lie in the computer's memory although the device is another.
    std::int64_t past_bytes() const;
    std::int64_t parked_bytes() const;

private:
    BandSize band_size(const Tensor& pixels) const;

    VaeEncoder* m_encoder;
    std::int64_t m_strips;
    ConvPast m_conv_in_past;
    std::vector<VaeLevel::Past> m_level_pasts;
    VaeLevel::Past m_mid_block_past;
    ConvPast m_conv_out_past;
};

}  // namespace headroom::models::cogvideox

#pragma once

#include <cstdint>
#include <vector>

#include "core/base/result.h"
#include "core/memory/weight_source.h"
#include "core/models/hunyuan_video/vae_blocks.h"
#include "core/models/hunyuan_video/vae_config.h"

namespace headroom::models::hunyuan_video {

/// The encoder of AutoencoderKLHunyuanVideo (diffusers 0.42.1, models/autoencoders/autoencoder_kl_hunyuan_video.py): pixels to
/// latents. It holds the layers alone; an encode under way is a VaeEncoding. Not movable, since blocks point at layers.
class VaeEncoder {
public:
    explicit VaeEncoder(VaeConfig config);
    VaeEncoder(const VaeEncoder&) = delete;
    VaeEncoder& operator=(const VaeEncoder&) = delete;

    const VaeConfig& config() const { return m_config; }
    /// The units of residency, in the order a tile needs them: one for each level (the first holds the first convolution too),
    /// mid block, output. Together they name every parameter that a checkpoint must have for encoding.
    std::vector<nn::ParameterBlock*> blocks();

    /// One tile of time and space. pixels: [frames, batch, height, width, 3], in the weights' dtype, on their device; frames one
    /// more than a multiple of temporal_compression_ratio → the means of the latents, not yet scaled: [latent frames, batch,
    /// height / scale, width / scale, latent_channels]. Errors: Cancelled, within one layer of the stop.
    Result<Tensor> encode(const Tensor& pixels, memory::WeightSource& weights, const BlockRun& run);

private:
    VaeConfig m_config;
    VaeConv m_conv_in;
    std::vector<VaeLevel> m_levels;
    VaeMidBlock m_mid_block;
    VaeHead m_head;
    nn::PointwiseConv m_quant_conv;

    std::vector<nn::ParameterBlock> m_level_weights;
    nn::ParameterBlock m_mid_block_weights{"encoder.mid_block", {}};
    nn::ParameterBlock m_head_weights{"encoder.output", {}};
};

}  // namespace headroom::models::hunyuan_video

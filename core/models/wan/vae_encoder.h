#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/memory/weight_source.h"
#include "core/models/wan/vae_config.h"
#include "core/models/wan/vae_down_blocks.h"

namespace headroom::models::wan {

/// The encoder of AutoencoderKLWan (diffusers 0.42.1, WanEncoder3d in
/// models/autoencoders/autoencoder_kl_wan.py): pixels to latents. It holds the layers alone; what an encode under way
/// remembers is a VaeEncoderPass, and one encoder may have several. Not movable, since blocks point at layers.
class VaeEncoder {
public:
    explicit VaeEncoder(VaeConfig config);
    VaeEncoder(const VaeEncoder&) = delete;
    VaeEncoder& operator=(const VaeEncoder&) = delete;

    const VaeConfig& config() const { return m_config; }
    /// The units of residency, in the order a chunk needs them: one for each level (the first holds the first convolution
    /// too), mid block, output. Together they name every parameter that a checkpoint must have for encoding.
    std::vector<nn::ParameterBlock*> blocks();

private:
    friend class VaeEncoderPass;

    struct Output {
        nn::ChannelRmsNorm norm_out;
        nn::CausalConv3d conv_out;
        nn::PointwiseConv quant_conv;
    };

    VaeConfig m_config;
    std::vector<VaeDownLevel> m_levels;
    VaeMidBlock m_mid_block;
    Output m_output;

    std::vector<nn::ParameterBlock> m_level_weights;
    nn::ParameterBlock m_mid_block_weights{"encoder.mid_block", {}};
    nn::ParameterBlock m_output_weights{"encoder.output", {}};
};

/// Refuses an autoencoder that decodes but can't encode: one whose pictures have other than three colours, whose levels have
/// no blocks to change the channels, or which has attention between its levels (diffusers' encoder can't run that either; in the
/// residual form it builds none).
/// Errors: BadModel.
Result<void> check_encodes(const VaeConfig& config);

/// One sequence of pictures of one size (a whole clip, or one tile of it) on its way through the encoder, chunk by chunk.
/// What it keeps between chunks does not depend on their number. One thread at a time uses it.
class VaeEncoderPass {
public:
    /// height and width: of the pictures, in patches of pixels (in pixels where the autoencoder has none). strips: into how many
    /// horizontal bands the first level divides them; later levels take fewer, as their features are smaller. Each band is
    /// computed with the rows around it that its convolutions look at, so that bands joined equal the whole. cache: where what is
    /// kept between chunks lies. The encoder must outlive the pass.
    VaeEncoderPass(VaeEncoder& encoder, std::int64_t height, std::int64_t width, int strips, nn::CausalHistory::Place cache);

    /// The next chunk: the clip's first frame alone, then any multiple of scale_factor_temporal frames at a time. pixels:
    /// [frames, batch, height, width, in_channels] in [-1, 1], in the dtype and on the device of the weights, taken over → the
    /// mean of the latents' distribution, not normalised: [latent frames, batch, latent height, latent width, z_dim], float32.
    /// Errors: Cancelled, within one block of the stop; the pass can't go on after that.
    Result<Tensor> next(Tensor pixels, memory::WeightSource& weights, const std::stop_token& stop);

    /// Bytes kept for the next chunk, and how many of them are in the computer's memory although the device is another.
    std::int64_t past_bytes() const;
    std::int64_t parked_bytes() const;

private:
    /// A band of a level: the rows that it gives, those that it must see, and where the former lie in what these become.
    struct Band {
        RowRange given;
        RowRange seen;
        RowRange kept;
        VaeDownLevel::Past past;
    };
    struct Level {
        std::int64_t height = 0;  ///< Of what comes out.
        std::int64_t width = 0;
        std::vector<Band> bands;
    };

    static std::vector<Band> make_bands(const VaeDownLevel& level, std::int64_t height, std::int64_t count,
                                        nn::CausalHistory::Place cache);
    Tensor run_level(std::size_t index, Tensor x);
    Tensor run_output(Tensor x);

    VaeEncoder* m_encoder;
    std::vector<Level> m_levels;
    VaeMidBlock::Past m_mid_block_past;
    nn::CausalHistory m_conv_out_past;
};

}  // namespace headroom::models::wan

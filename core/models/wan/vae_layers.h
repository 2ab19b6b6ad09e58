#pragma once

#include <vector>

#include "core/models/wan/vae_blocks.h"
#include "core/models/wan/vae_config.h"
#include "core/nn/conv2d.h"
#include "core/nn/parameter.h"

namespace headroom::models::wan {

/// A part of the decoder that is resident as one.
template <typename Layers>
struct VaePart {
    Layers layers;
    nn::ParameterBlock weights;
};

/// The layers of Wan's decoder, in the order a chunk passes them. Not movable, since blocks of parameters point at layers.
struct VaeLayers {
    struct Input {
        nn::PointwiseConv post_quant_conv;
        nn::CausalConv3d conv_in;
    };
    struct Output {
        static constexpr std::int64_t kReach = 1;

        nn::ChannelRmsNorm norm_out;
        nn::CausalConv3d conv_out;
    };

    explicit VaeLayers(const VaeConfig& config);
    VaeLayers(const VaeLayers&) = delete;
    VaeLayers& operator=(const VaeLayers&) = delete;

    /// Input, mid block, one for each level, output.
    std::vector<nn::ParameterBlock*> blocks();

    VaePart<Input> input;
    VaePart<VaeMidBlock> mid_block;
    std::vector<VaePart<VaeUpBlock>> levels;
    VaePart<Output> output;
};

}  // namespace headroom::models::wan

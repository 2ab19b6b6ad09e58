#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/models/wan/vae_blocks.h"
#include "core/nn/halving_conv.h"

namespace headroom::models::wan {

// The levels of Wan's encoder between pixels and mid block (diffusers 0.42.1, WanEncoder3d in
// models/autoencoders/autoencoder_kl_wan.py). Features and ownership as in vae_blocks.h.

/// What the step from a level to the next halves.
enum class VaeDownStep { None, Space, SpaceAndTime };

/// A range of rows.
struct RowRange {
    std::int64_t first = 0;
    std::int64_t count = 0;
};

/// Half the height and width; where `time_conv` is there and the chunk isn't the clip's first, half the frames.
struct VaeDownsampler {
    nn::HalvingConv2d resample_1;  ///< Key `resample.1`; `resample.0` is the padding, which has no weights.
    std::optional<nn::FrameHalvingConv> time_conv;

    void declare(const nn::Declare& declare, std::int64_t channels, VaeDownStep step);

    /// x: [frames, batch, height, width, channels] → the rows `kept` of [frames or frames / 2, batch, height / 2, width /
    /// 2, channels].
    Tensor forward(Tensor x, RowRange kept, nn::CausalHistory& past) const;
};

/// One level of the encoder: residual blocks, then the step to the next level. The first level begins with the encoder's
/// first convolution, so that the largest features of all never need to exist whole.
struct VaeDownLevel {
    struct Past {
        nn::CausalHistory conv_in;
        std::vector<VaeResidualBlock::Past> resnets;
        nn::CausalHistory downsampler;
        std::int64_t size_bytes() const;
        std::int64_t parked_bytes() const;
    };
    struct Shape {
        std::int64_t in_channels = 0;       ///< Of the level before; of the pictures in the first level.
        std::int64_t conv_in_channels = 0;  ///< What the first convolution makes of them; 0 but in the first level.
        std::int64_t out_channels = 0;
        VaeDownStep step = VaeDownStep::None;
        /// Around all but the first convolution.
        std::optional<AveragingShortcut> shortcut;
        std::vector<std::string> resnet_keys;  ///< The residual blocks' names in the checkpoint.
        std::string step_key;
    };

    std::optional<nn::CausalConv3d> conv_in;
    std::vector<VaeResidualBlock> resnets;
    std::optional<VaeDownsampler> downsampler;
    std::optional<AveragingShortcut> shortcut;

    /// `declare` stands at "encoder.".
    void declare(const nn::Declare& declare, const Shape& shape);

    Past new_past(nn::CausalHistory::Place place) const;
    /// Rows (and columns) of what goes in for one of what comes out.
    std::int64_t scale() const { return downsampler ? 2 : 1; }
    /// Height and width of what comes out, of what goes in.
    std::int64_t scaled(std::int64_t pixels) const { return pixels / scale(); }
    /// Rows of the input above and below a row that the level's convolutions look at, at most.
    std::int64_t reach() const;

    /// x: [frames, batch, height, width, in] → the rows `kept` of the level's whole result.
    Tensor forward(Tensor x, RowRange kept, Past& past) const;
};

}  // namespace headroom::models::wan

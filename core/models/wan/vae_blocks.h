#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/models/wan/vae_rows.h"
#include "core/models/wan/vae_shortcuts.h"
#include "core/nn/causal_conv3d.h"
#include "core/nn/channel_rms_norm.h"
#include "core/nn/conv2d.h"

namespace headroom::models::wan {

// The blocks of Wan's decoder (diffusers 0.42.1, models/autoencoders/autoencoder_kl_wan.py), members named as the
// checkpoint's keys. Features are [frames, batch, height, width, channels], contiguous. A block takes its input over:
// the caller moves it in and keeps no other reference, so that the block may compute in place. Each block's `Past`
// holds what its convolutions must know of the chunks before. A block's `kReach` is how many rows above and below one row
// of its input count for what it makes of that row.

/// Whether a chunk is the clip's first. It holds one latent frame, which stands for one pixel frame and so skips the
/// doubling of frames.
enum class ChunkPosition { First, Later };

/// Norm, SiLU and causal convolution twice, beside a shortcut.
struct VaeResidualBlock {
    static constexpr std::int64_t kReach = 2;
    struct Past {
        nn::CausalHistory conv1;
        nn::CausalHistory conv2;

        Past() = default;
        explicit Past(nn::CausalHistory::Place place) : conv1(place), conv2(place) {}
        std::int64_t size_bytes() const { return conv1.size_bytes() + conv2.size_bytes(); }
        std::int64_t parked_bytes() const { return conv1.parked_bytes() + conv2.parked_bytes(); }
    };

    nn::ChannelRmsNorm norm1;
    nn::CausalConv3d conv1;
    nn::ChannelRmsNorm norm2;
    nn::CausalConv3d conv2;
    std::optional<nn::PointwiseConv> conv_shortcut;  ///< Where the channels change.

    void declare(const nn::Declare& declare, std::int64_t in_channels, std::int64_t out_channels);

    /// x: [frames, batch, height, width, in] → [frames, batch, height, width, out].
    Tensor forward(Tensor x, Past& past) const;
};

/// Attention of one head between the positions of each frame, beside a shortcut.
struct VaeAttentionBlock {
    nn::ChannelRmsNorm norm;
    nn::PointwiseConv to_qkv;
    nn::PointwiseConv proj;

    void declare(const nn::Declare& declare, std::int64_t channels);

    /// x: [frames, batch, height, width, channels] → the same shape.
    Tensor forward(Tensor x) const;
};

/// Residual block, then attention and residual block: the level of the latents.
struct VaeMidBlock {
    struct Past {
        VaeResidualBlock::Past resnets[2];

        Past() = default;
        explicit Past(nn::CausalHistory::Place place) : resnets{VaeResidualBlock::Past(place), VaeResidualBlock::Past(place)} {}
        std::int64_t size_bytes() const { return resnets[0].size_bytes() + resnets[1].size_bytes(); }
        std::int64_t parked_bytes() const { return resnets[0].parked_bytes() + resnets[1].parked_bytes(); }
    };

    VaeResidualBlock resnets[2];
    VaeAttentionBlock attentions[1];

    void declare(const nn::Declare& declare, std::int64_t channels);

    /// x: [frames, batch, height, width, channels] → the same shape.
    Tensor forward(Tensor x, Past& past) const;
};

/// Twice the height and width; where `time_conv` is there and the chunk isn't the first, twice the frames.
struct VaeUpsampler {
    static constexpr std::int64_t kReach = 1;
    static constexpr std::int64_t kScale = 2;

    nn::Conv2d resample_1;  ///< Key `resample.1`; `resample.0` is the enlargement, which has no weights.
    std::optional<nn::FrameDoublingConv> time_conv;

    void declare(const nn::Declare& declare, std::int64_t in_channels, std::int64_t out_channels);

    /// x: [frames, batch, height, width, in] → [frames or 2·frames, batch, 2·height, 2·width, out].
    Tensor forward(Tensor x, nn::CausalHistory& past, ChunkPosition position) const;
};

/// One level of the decoder: residual blocks, then the step to the next level, beside both a shortcut in the residual form. It
/// takes a chunk's pictures whole or in horizontal bands, from the top.
struct VaeUpBlock {
    struct Past {
        std::vector<VaeResidualBlock::Past> resnets;
        nn::CausalHistory upsampler;

        std::int64_t size_bytes() const;
        std::int64_t parked_bytes() const;
    };
    /// What a chunk's bands hand on to the band below, layer by layer.
    struct Rows {
        std::vector<RowCarry> resnets;
        RowCarry upsampler;
        RowQueue shortcut;
    };
    enum class Step { None, Space, SpaceAndTime };
    struct Shape {
        std::int64_t in_channels = 0;
        std::int64_t out_channels = 0;  ///< Of the residual blocks.
        std::int64_t block_count = 0;
        Step step = Step::None;
        std::int64_t step_channels = 0;         ///< Of what the step gives.
        std::string step_key = "upsamplers.0";  ///< The step's name in the checkpoint.
        /// Around the whole level. There must be a step.
        std::optional<DuplicatingShortcut> shortcut;
    };

    std::vector<VaeResidualBlock> resnets;
    std::optional<VaeUpsampler> upsampler;
    std::optional<DuplicatingShortcut> shortcut;

    void declare(const nn::Declare& declare, const Shape& shape);

    /// A past for each band, which no other band and no other decode may use.
    Past new_past(nn::CausalHistory::Place place = nn::CausalHistory::Place::Device) const;
    /// For each chunk.
    Rows new_rows() const;
    /// How many rows a band of the result ends above its input's end, in rows of the result. rows: the same of the input.
    std::int64_t delay_after(std::int64_t rows) const;

    /// x: [frames, batch, height, width, in] → as resnets and upsampler make it. A whole picture is a band that ends at
    /// its bottom.
    Tensor forward(Tensor x, Past& past, ChunkPosition position, Rows& rows, BandEnd end) const;
};

}  // namespace headroom::models::wan

#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/models/cogvideox/banded_conv.h"
#include "core/models/cogvideox/vae_config.h"
#include "core/nn/conv2d.h"

namespace headroom::models::cogvideox {

// The blocks of CogVideoX's autoencoder (diffusers 0.42.1, models/autoencoders/autoencoder_kl_cogvideox.py), members named as the
// checkpoint's keys. A block replaces its input by its result. Each block's `Past` holds what its convolutions must know of the
// batches before.

/// How a batch passes a block.
struct BlockRun {
    BandSize bands;
    Keep keep = Keep::Past;
    /// What the decoder's norms are conditioned on: [latent frames, batch, latent height, latent width, latent channels] in the
    /// dtype of the weights. Undefined in the encoder.
    Tensor latents;
    std::stop_token stop;  ///< Polled before each convolution of a block.
};

/// A group norm over all frames of a batch, then SiLU. In the decoder the result of the norm is multiplied by one 1×1 convolution
/// of the latents and added to another. These are done at the latents' size: the nearest position of a convolution's result is
/// the result at the nearest position.
struct VaeNorm {
    nn::GroupNorm norm;  ///< Keys of its own in the encoder, below `norm_layer` in the decoder.
    struct Conditioning {
        nn::PointwiseConv conv_y;  ///< Key `conv_y.conv`.
        nn::PointwiseConv conv_b;  ///< Key `conv_b.conv`.
    };
    std::optional<Conditioning> conditioning;

    /// latent_channels: 0 in the encoder.
    void declare(const nn::Declare& declare, std::int64_t channels, std::int64_t groups, double eps,
                 std::int64_t latent_channels);

    /// What a convolution reads of x behind this norm. x must outlive it.
    LayerInput of(const Frames& x, const Tensor& latents) const;
};

/// Norm, SiLU and causal convolution twice, beside a shortcut.
struct VaeResidualBlock {
    struct Past {
        explicit Past(CachePlace place) : conv1(place), conv2(place) {}
        ConvPast conv1;
        ConvPast conv2;
    };

    VaeNorm norm1;
    VaeConv conv1;
    VaeNorm norm2;
    VaeConv conv2;
    std::optional<nn::PointwiseConv> conv_shortcut;  ///< Where the channels change.

    /// eps: of the encoder's norms. latent_channels: 0 in the encoder.
    void declare(const nn::Declare& declare, std::int64_t in_channels, std::int64_t out_channels, const VaeConfig& config,
                 std::int64_t latent_channels);

    /// Beside x one more tensor of the result's size is alive, and nothing of the input's where the channels change: its frames
    /// are given up one by one.
    Result<void> forward(Frames& x, Past& past, const BlockRun& run) const;
};

/// From a level to the next. It gives up the frames of its input as it goes.
struct VaeStep {
    enum class Way { ToPixels, ToLatents };

    PictureConv conv;  ///< Below `upsamplers.0` or `downsamplers.0`.
    Way way = Way::ToPixels;
    bool changes_frames = false;

    void declare(const nn::Declare& declare, std::int64_t channels, Way direction, bool with_frames);
    Result<void> forward(Frames& x, const BlockRun& run) const;

private:
    Result<void> enlarge(Frames& x, const BlockRun& run) const;
    Result<void> reduce(Frames& x, const BlockRun& run) const;
};

/// Residual blocks, then the step to the next level where there is one. The mid block is one too.
struct VaeLevel {
    struct Past {
        std::vector<VaeResidualBlock::Past> resnets;

        std::int64_t size_bytes() const;
        std::int64_t parked_bytes() const;
    };

    std::vector<VaeResidualBlock> resnets;
    std::optional<VaeStep> step;

    struct Shape {
        std::int64_t in_channels = 0;
        std::int64_t out_channels = 0;
        std::int64_t block_count = 0;
        std::int64_t latent_channels = 0;  ///< Of the decoder; 0 in the encoder.
    };
    void declare(const nn::Declare& declare, const Shape& shape, const VaeConfig& config);

    Past new_past(CachePlace place) const
    {
        return {std::vector<VaeResidualBlock::Past>(resnets.size(), VaeResidualBlock::Past(place))};
    }
    Result<void> forward(Frames& x, Past& past, const BlockRun& run) const;
};

}  // namespace headroom::models::cogvideox

#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/models/hunyuan_video/vae_config.h"
#include "core/models/hunyuan_video/vae_features.h"
#include "core/nn/conv2d.h"
#include "core/nn/linear.h"

namespace headroom::models::hunyuan_video {

// The blocks of HunyuanVideo's autoencoder (diffusers 0.42.1, models/autoencoders/autoencoder_kl_hunyuan_video.py), members
// named as the checkpoint's keys. Every layer sees all frames of a tile of time at once. `bands`: into how many horizontal bands
// a convolution divides its work; the result is the same.

/// How a block is computed, and how it is stopped.
struct BlockRun {
    std::int64_t bands = 1;
    std::stop_token stop;  ///< Polled before each layer of a block.
};

/// Norm, SiLU and convolution twice, beside a shortcut.
struct VaeResnet {
    nn::GroupNorm norm1;
    VaeConv conv1;
    nn::GroupNorm norm2;
    VaeConv conv2;
    std::optional<nn::PointwiseConv> conv_shortcut;  ///< Where the channels change.

    void declare(const nn::Declare& declare, std::int64_t in_channels, std::int64_t out_channels, std::int64_t groups);

    /// x is replaced by the result. Beside it one more tensor of the result's size is alive, and nothing of the input's where the
    /// channels change: its frames are given up one by one.
    Result<void> forward(Frames& x, const BlockRun& run) const;

private:
    Frames first_half(Frames& x, std::int64_t bands) const;
};

/// Attention of one head in which a position sees all positions of its frame and of those before, beside a shortcut. Done frame
/// by frame, so no mask is made.
struct VaeAttention {
    nn::GroupNorm group_norm;
    nn::Linear to_q;
    nn::Linear to_k;
    nn::Linear to_v;
    nn::Linear to_out_0;  ///< Key `to_out.0`.

    void declare(const nn::Declare& declare, std::int64_t channels, std::int64_t groups);

    /// x is replaced by the result.
    Result<void> forward(Frames& x, const BlockRun& run) const;
};

/// Residual block, then attention (where the config has it) and residual block: the level of the latents.
struct VaeMidBlock {
    VaeResnet resnets[2];
    std::optional<VaeAttention> attention;  ///< Key `attentions.0`.

    void declare(const nn::Declare& declare, const VaeConfig& config);
    Result<void> forward(Frames& x, const BlockRun& run) const;
};

/// One level: residual blocks, then the step to the next: in the decoder an enlargement and a convolution, in the encoder a
/// convolution with strides.
struct VaeLevel {
    enum class Way { ToPixels, ToLatents };

    std::vector<VaeResnet> resnets;
    std::optional<VaeConv> step;  ///< Key `upsamplers.0.conv` or `downsamplers.0.conv`.
    Enlargement enlargement;

    void declare(const nn::Declare& declare, const VaeConfig& config, std::int64_t in_channels, std::int64_t out_channels,
                 Way way, VaeConfig::Step after);
    /// x is replaced by the result; the step gives up the frames of its input as it goes.
    Result<void> forward(Frames& x, const BlockRun& run) const;

private:
    Frames enlarged_step(Frames& x, std::int64_t bands) const;
    Frames reduced_step(Frames& x, std::int64_t bands) const;
};

/// Norm, SiLU and convolution to the colours or the latents' moments.
struct VaeHead {
    nn::GroupNorm conv_norm_out;
    VaeConv conv_out;

    /// declare: of the decoder or encoder.
    void declare(const nn::Declare& declare, const VaeConfig& config, std::int64_t in_channels, std::int64_t out_channels);
    /// → [frames, batch, height, width, out], contiguous.
    Tensor forward(const Frames& x, std::int64_t bands) const;
};

}  // namespace headroom::models::hunyuan_video

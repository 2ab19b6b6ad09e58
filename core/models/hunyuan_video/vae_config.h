#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"

namespace headroom::models::hunyuan_video {

/// What `vae/config.json` says of an AutoencoderKLHunyuanVideo. Names and defaults are those of diffusers 0.42.1,
/// models/autoencoders/autoencoder_kl_hunyuan_video.py (which are HunyuanVideo's).
struct VaeConfig {
    std::int64_t in_channels = 3;
    std::int64_t out_channels = 3;
    std::int64_t latent_channels = 16;
    /// Channels of each level, from pixels to latents.
    std::vector<std::int64_t> block_out_channels{128, 256, 512, 512};
    /// Residual blocks of a level in the encoder; the decoder has one more.
    std::int64_t layers_per_block = 2;
    std::int64_t norm_num_groups = 32;
    /// What the transformer works on is z · scaling_factor.
    double scaling_factor = 0.476986;
    /// Pixels along an edge that a latent position stands for.
    std::int64_t spatial_compression_ratio = 8;
    /// Pixel frames that a latent frame after the first stands for.
    std::int64_t temporal_compression_ratio = 4;
    bool mid_block_add_attention = true;

    /// A step between a level and the next: which of time and space it halves (on the way to the latents) or doubles.
    struct Step {
        bool in_time = false;
        bool in_space = false;
    };
    /// The encoder's step after a level, the first being the one of pixels; the decoder's after a level, the first being the one
    /// of latents, since the reference writes both the same way.
    Step step_after(std::size_t level) const;
    /// Pixel frames of so many latent frames: the first stands for one, every other for temporal_compression_ratio.
    std::int64_t pixel_frames(std::int64_t latent_frames) const
    {
        return latent_frames == 0 ? 0 : 1 + (latent_frames - 1) * temporal_compression_ratio;
    }
    /// The inverse, for frames that fill no further latent too.
    std::int64_t latent_frames(std::int64_t pixel_frames) const
    {
        return pixel_frames == 0 ? 0 : 1 + (pixel_frames - 1) / temporal_compression_ratio;
    }
};

/// Clips longer than a tile are decoded and encoded in tiles of time, as diffusers does by default (use_framewise_decoding,
/// tile_sample_min_num_frames and tile_sample_stride_num_frames of the same source, which no config holds): tiles begin 12 pixel
/// frames apart and have 16 + 1 frames, the first of which, in later tiles, only stands for what was before. A tile fades in over
/// the frames that the one before it has beyond its stride.
struct TimeTiles {
    static constexpr std::int64_t kTileFrames = 16;
    static constexpr std::int64_t kStrideFrames = 12;
    static constexpr std::int64_t kBlendFrames = kTileFrames - kStrideFrames;
};

/// Reads a config: unknown keys are tolerated, missing ones take diffusers' defaults. `where` names the file in errors. Errors:
/// BadModel when the class is another, a value is of the wrong type or out of range, or values contradict each other (channels
/// that don't divide into groups, ratios that don't fit the levels).
Result<VaeConfig> parse_vae_config(const nlohmann::json& config, std::string_view where);

}  // namespace headroom::models::hunyuan_video

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"

namespace headroom::models::wan {

/// What `vae/config.json` says of an AutoencoderKLWan. Names and defaults are those of diffusers
/// 0.42.1, models/autoencoders/autoencoder_kl_wan.py (which are Wan 2.1's).
struct VaeConfig {
    /// Channels of the encoder's widest pictures, and of the decoder's unless decoder_base_dim is given.
    std::int64_t base_dim = 96;
    std::optional<std::int64_t> decoder_base_dim;
    /// Latent channels.
    std::int64_t z_dim = 16;
    /// Channels of each level in units of the base, from pixels to latents.
    std::vector<std::int64_t> dim_mult{1, 2, 4, 4};
    /// Residual blocks of a level in the encoder; the decoder has one more.
    std::int64_t num_res_blocks = 2;
    /// Scales with attention, in the encoder alone.
    std::vector<double> attn_scales;
    /// Whether the step from each level to the next also halves the frames, from pixels to latents.
    std::vector<bool> temperal_downsample{false, true, true};
    /// Used in training alone.
    double dropout = 0;
    /// Statistics of each latent channel: the transformer works on (z - mean) / std.
    std::vector<double> latents_mean{-0.7571, -0.7089, -0.9113, 0.1075,  -0.1745, 0.9653,  -0.1517, 1.5508,
                                     0.4134,  -0.0715, 0.5517,  -0.3632, -0.1922, -0.9497, 0.2503,  -0.2921};
    std::vector<double> latents_std{2.8184, 1.4541, 2.3275, 2.6558, 1.2196, 1.7708, 2.6052, 2.0743,
                                    3.2687, 2.1526, 2.8652, 1.5579, 1.6382, 1.1253, 2.8251, 1.9160};
    /// Whether each level has a shortcut around it, as in Wan 2.2 TI2V.
    bool is_residual = false;
    /// Pixels along an edge of the patches that enter and leave the layers; missing where pixels do.
    std::optional<std::int64_t> patch_size;
    /// Channels of the pictures, of their patches where there are any: colours · patch_size².
    std::int64_t in_channels = 3;
    std::int64_t out_channels = 3;
    /// Pixel frames that a latent frame after the first stands for.
    std::int64_t scale_factor_temporal = 4;
    /// Pixels along an edge that a latent position stands for.
    std::int64_t scale_factor_spatial = 8;

    /// Channels of the decoder's last level.
    std::int64_t decoder_dim() const { return decoder_base_dim.value_or(base_dim); }
    /// patch_size, or 1.
    std::int64_t patch_edge() const { return patch_size.value_or(1); }
    /// Pixel frames of so many latent frames: the first stands for one, every other for scale_factor_temporal.
    std::int64_t pixel_frames(std::int64_t latent_frames) const
    {
        return latent_frames == 0 ? 0 : 1 + (latent_frames - 1) * scale_factor_temporal;
    }
};

/// Reads a config: unknown keys are tolerated, missing ones take diffusers' defaults. `where` names the file in errors.
/// Errors: BadModel when the class is another, a value is of the wrong type or out of range, values contradict each
/// other (statistics that don't fit z_dim, scale factors that don't fit levels and patches, channels that a shortcut can't
/// distribute, other than three colours).
Result<VaeConfig> parse_vae_config(const nlohmann::json& config, std::string_view where);

}  // namespace headroom::models::wan

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"

namespace headroom::models::cogvideox {

/// What `vae/config.json` says of an AutoencoderKLCogVideoX. Names and defaults are those of diffusers 0.42.1,
/// models/autoencoders/autoencoder_kl_cogvideox.py.
struct VaeConfig {
    /// Latent frames that are decoded at once, and pixel frames that are encoded at once. The norms' statistics are taken over
    /// them, so that another number would give other pixels; a clip's first batch takes what is left over besides.
    static constexpr std::int64_t kLatentBatch = 2;
    static constexpr std::int64_t kPixelBatch = 8;

    std::int64_t in_channels = 3;
    std::int64_t out_channels = 3;
    /// Channels of each level, from pixels to latents.
    std::vector<std::int64_t> block_out_channels{128, 256, 256, 512};
    std::int64_t latent_channels = 16;
    /// Residual blocks of a level in the encoder; the decoder has one more.
    std::int64_t layers_per_block = 3;
    double norm_eps = 1e-6;
    std::int64_t norm_num_groups = 32;
    /// Pixel frames that a latent frame stands for: a power of 2.
    std::int64_t temporal_compression_ratio = 4;
    /// The pictures that the autoencoder was made for; diffusers' tiles are half as high and wide.
    std::int64_t sample_height = 480;
    std::int64_t sample_width = 720;
    /// The transformer works on latents · scaling_factor.
    double scaling_factor = 1.15258426;

    std::int64_t levels() const { return std::int64_t(block_out_channels.size()); }
    /// Pixels along an edge that a latent position stands for.
    std::int64_t spatial_scale() const { return std::int64_t{1} << (levels() - 1); }
    /// Whether the step from a level changes the frames too. Both encoder and decoder do it in their first steps, counted from
    /// where each begins.
    bool step_changes_frames(std::int64_t level) const { return (std::int64_t{2} << level) <= temporal_compression_ratio; }

    /// Latent frames of the first batch of a decode, and pixel frames of the first of an encode.
    static std::int64_t first_latents(std::int64_t latents) { return first_batch(latents, kLatentBatch); }
    static std::int64_t first_pixels(std::int64_t frames) { return first_batch(frames, kPixelBatch); }
    /// Pixel frames of so many latent frames. Of an odd number, the first stands for one.
    std::int64_t pixel_frames(std::int64_t latents) const;
    /// Latent frames of so many pixel frames.
    std::int64_t latent_frames(std::int64_t pixels) const;

private:
    static std::int64_t first_batch(std::int64_t count, std::int64_t batch)
    {
        return count < batch ? count : batch + count % batch;
    }
};

/// Reads a config: unknown keys are tolerated, missing ones take diffusers' defaults. `where` names the file in errors. Errors:
/// BadModel when the class is another, a value is of the wrong type or out of range, or values contradict each other; also for
/// what diffusers itself can't run (its convolutions around the latents are made for 3 channels).
Result<VaeConfig> parse_vae_config(const nlohmann::json& config, std::string_view where);

}  // namespace headroom::models::cogvideox

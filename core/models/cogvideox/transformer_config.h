#pragma once

#include <cstdint>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"

namespace headroom::models::cogvideox {

/// What `transformer/config.json` says of a CogVideoXTransformer3DModel. Names and defaults are those of diffusers 0.42.1,
/// models/transformers/cogvideox_transformer_3d.py (which are CogVideoX-2b's).
struct TransformerConfig {
    /// How tokens learn where they are.
    enum class Positions {
        Sines,  ///< Added to the tokens at the start (2b).
        Rotary  ///< Turn queries and keys (5b).
    };

    /// 30 in 2b, 48 in 5b.
    std::int64_t num_attention_heads = 30;
    std::int64_t attention_head_dim = 64;
    /// Latent channels, in and out alike: text-to-video models predict what they are given.
    std::int64_t in_channels = 16;
    /// Width of the time embedding.
    std::int64_t time_embed_dim = 512;
    /// Width of the text encoder's rows.
    std::int64_t text_embed_dim = 4096;
    /// Transformer blocks. 30 in 2b, 42 in 5b.
    std::int64_t num_layers = 30;
    /// Whether the projections to queries, keys and values have a bias.
    bool attention_bias = true;
    /// The size of latents that the positions are scaled to; in 1.5 the largest.
    std::int64_t sample_width = 90;
    std::int64_t sample_height = 60;
    /// Pixel frames of a usual clip.
    std::int64_t sample_frames = 49;
    /// Latent rows and columns that one token covers,
    std::int64_t patch_size = 2;
    /// and latent frames; 0 where the config says none, as in 1.0, which is one frame.
    std::int64_t patch_size_t = 0;
    std::int64_t temporal_compression_ratio = 4;
    /// Rows of text, padding included.
    std::int64_t max_text_seq_length = 226;
    /// Added to the variance in the normalisations, those of queries and keys apart.
    double norm_eps = 1e-5;
    double spatial_interpolation_scale = 1.875;
    double temporal_interpolation_scale = 1.0;
    Positions positions = Positions::Sines;
    /// Whether the patch embedding of 1.0 has a bias; that of 1.5 always has.
    bool patch_bias = true;

    /// Width of the tokens.
    std::int64_t inner_dim() const { return num_attention_heads * attention_head_dim; }
    std::int64_t patch_frames() const { return patch_size_t > 0 ? patch_size_t : 1; }
    /// Numbers of the latent that one token covers.
    std::int64_t patch_volume() const { return in_channels * patch_frames() * patch_size * patch_size; }
};

/// Reads a config: unknown keys are tolerated, missing ones take diffusers' defaults. `where` names the file in errors.
/// Errors: BadModel when the class is another, a value is of the wrong type or out of range, values contradict each other, or the
/// config is of an image-to-video model, which isn't supported.
Result<TransformerConfig> parse_transformer_config(const nlohmann::json& config, std::string_view where);

}  // namespace headroom::models::cogvideox

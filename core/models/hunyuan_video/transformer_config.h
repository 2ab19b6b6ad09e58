#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"

namespace headroom::models::hunyuan_video {

/// What `transformer/config.json` says of a HunyuanVideoTransformer3DModel. Names and defaults are those of diffusers 0.42.1,
/// models/transformers/transformer_hunyuan_video.py (which are the published model's).
struct TransformerConfig {
    /// Latent channels, in and out alike: text-to-video models predict what they are given.
    std::int64_t in_channels = 16;
    /// Heads of all attentions.
    std::int64_t num_attention_heads = 24;
    /// Channels of a head; the sum of rope_axes_dim.
    std::int64_t attention_head_dim = 128;
    /// Blocks in which image and text have weights of their own.
    std::int64_t num_layers = 20;
    /// Blocks whose weights serve both.
    std::int64_t num_single_layers = 40;
    /// Blocks of the text alone.
    std::int64_t num_refiner_layers = 2;
    /// Inner width of the blocks' feed-forward, in widths of the tokens; the text's own blocks always have 4.
    double mlp_ratio = 4.0;
    /// Latent rows and columns that one token covers.
    std::int64_t patch_size = 2;
    /// Latent frames that one token covers.
    std::int64_t patch_size_t = 1;
    /// Whether the model is told a guidance scale.
    bool guidance_embeds = true;
    /// Width of the text encoder's rows.
    std::int64_t text_embed_dim = 4096;
    /// Width of the second text encoder's one row.
    std::int64_t pooled_projection_dim = 768;
    double rope_theta = 256.0;
    /// Channels of a head that turn with a token's frame, row and column; even, because the embedding turns pairs.
    std::array<std::int64_t, 3> rope_axes_dim{16, 56, 56};

    /// Width of the tokens.
    std::int64_t inner_dim() const { return num_attention_heads * attention_head_dim; }
    /// Inner width of the blocks' feed-forward.
    std::int64_t mlp_dim() const { return std::int64_t(double(inner_dim()) * mlp_ratio); }
    /// Latent frames, rows and columns that one token covers.
    std::array<std::int64_t, 3> patch() const { return {patch_size_t, patch_size, patch_size}; }
    /// Numbers of the latent that one token covers.
    std::int64_t patch_volume() const { return in_channels * patch_size_t * patch_size * patch_size; }
};

/// Reads a config: unknown keys are tolerated, missing ones take diffusers' defaults. `where` names the file in errors.
/// Errors: BadModel when the class is another, a value is of the wrong type or out of range, values contradict each other, or
/// the config is of an image-to-video model, which isn't supported.
Result<TransformerConfig> parse_transformer_config(const nlohmann::json& config, std::string_view where);

}  // namespace headroom::models::hunyuan_video

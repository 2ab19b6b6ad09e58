#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"

namespace headroom::models::wan {

/// What `transformer/config.json` says of a WanTransformer3DModel. Names and defaults are those of diffusers 0.42.1,
/// models/transformers/transformer_wan.py (which are Wan 2.1 14B's).
struct TransformerConfig {
    /// Latent frames, rows and columns that one token covers.
    std::array<std::int64_t, 3> patch_size{1, 2, 2};
    /// Heads of both attentions. 12 in 1.3B, 40 in 14B.
    std::int64_t num_attention_heads = 40;
    /// Channels of a head, even because the rotary embedding turns pairs.
    std::int64_t attention_head_dim = 128;
    /// Latent channels, in and out alike: text-to-video models predict what they are given.
    std::int64_t in_channels = 16;
    /// Width of the text encoder's rows.
    std::int64_t text_dim = 4096;
    /// Width of the sinusoidal timestep embedding.
    std::int64_t freq_dim = 256;
    /// Inner width of the feed-forward. 8960 in 1.3B, 13824 in 14B.
    std::int64_t ffn_dim = 13824;
    /// Transformer blocks. 30 in 1.3B, 40 in 14B.
    std::int64_t num_layers = 40;
    /// Whether the cross-attention's input is normalised (with learned weights).
    bool cross_attn_norm = true;
    /// Added to the variance in every normalisation.
    double eps = 1e-6;
    /// Positions of the rotary embedding along each axis: the most patches a latent may have in frames, rows or columns.
    std::int64_t rope_max_seq_len = 1024;

    /// Width of the tokens.
    std::int64_t inner_dim() const { return num_attention_heads * attention_head_dim; }
    /// Numbers of the latent that one token covers.
    std::int64_t patch_volume() const { return in_channels * patch_size[0] * patch_size[1] * patch_size[2]; }
};

/// Reads a config: unknown keys are tolerated, missing ones take diffusers' defaults. `where` names the file in errors.
/// Errors: BadModel when the class is another, a value is of the wrong type or out of range, values contradict each other, or
/// the config is of an image-to-video model, which isn't supported.
Result<TransformerConfig> parse_transformer_config(const nlohmann::json& config, std::string_view where);

}  // namespace headroom::models::wan

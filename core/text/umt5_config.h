#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "core/base/result.h"

namespace headroom::text {

/// `text_encoder/config.json` of a UMT5 encoder. Keys that are missing have transformers' defaults (configuration_umt5.py
/// of 5.23.0), unknown keys are ignored.
struct Umt5Config {
    /// What stands between a layer's two feed-forward products.
    enum class FeedForward {
        GatedGelu,  ///< "gated-gelu": gelu_new(wi_0 x) · (wi_1 x), gelu_new being the tanh form.
        Relu,       ///< "relu": relu(wi x).
    };

    std::int64_t vocab_size = 250112;
    std::int64_t d_model = 512;
    std::int64_t d_kv = 64;  ///< Features of one head; heads · d_kv need not be d_model.
    std::int64_t d_ff = 1024;
    std::int64_t num_layers = 8;
    std::int64_t num_heads = 6;
    std::int64_t relative_attention_num_buckets = 32;
    std::int64_t relative_attention_max_distance = 128;
    double layer_norm_epsilon = 1e-6;
    FeedForward feed_forward_proj = FeedForward::GatedGelu;
};

/// Reads a config from JSON text; `path` only stands in messages.
/// Errors: BadModel for text that is not a JSON object, another model_type, a feed-forward that is not supported, and numbers
/// that no such model can have.
Result<Umt5Config> parse_umt5_config(std::string_view json_text, const std::filesystem::path& path);

/// The same from a file. Errors: BadModel, also when it can't be read.
Result<Umt5Config> read_umt5_config(const std::filesystem::path& path);

}  // namespace headroom::text

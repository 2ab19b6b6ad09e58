#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "core/base/result.h"

namespace headroom::text {

/// `text_encoder/config.json` of a UMT5 or T5 encoder, which differ in where the bias of distances is held. Keys that are missing
/// have transformers' defaults (configuration_umt5.py and configuration_t5.py of 5.23.0), unknown keys are ignored.
struct Umt5Config {
    /// What stands between a layer's two feed-forward products.
    enum class FeedForward {
        GatedGelu,  ///< "gated-gelu": gelu_new(wi_0 x) · (wi_1 x), gelu_new being the tanh form.
        Relu,       ///< "relu": relu(wi x).
    };

    /// Which layers have a bias learnt for each distance.
    enum class PositionBias {
        EveryLayer,  ///< UMT5: each its own.
        FirstLayer,  ///< T5: the first layer's serves all.
    };

    PositionBias position_bias = PositionBias::EveryLayer;
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

/// Reads the config of a UMT5 encoder from JSON text; `path` only stands in messages.
/// Errors: BadModel for text that is not a JSON object, another model_type, a feed-forward that is not supported, and numbers
/// that no such model can have.
Result<Umt5Config> parse_umt5_config(std::string_view json_text, const std::filesystem::path& path);

/// The same of a T5 encoder.
Result<Umt5Config> parse_t5_config(std::string_view json_text, const std::filesystem::path& path);

/// The same from a file. Errors: BadModel, also when it can't be read.
Result<Umt5Config> read_umt5_config(const std::filesystem::path& path);
Result<Umt5Config> read_t5_config(const std::filesystem::path& path);

}  // namespace headroom::text

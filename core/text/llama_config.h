#pragma once

#include <cstdint>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"

namespace headroom::text {

/// `text_encoder/config.json` of a LLaMA model. Keys that are missing have transformers' defaults (configuration_llama.py
/// of 5.23.0), unknown keys are ignored.
struct LlamaConfig {
    /// How positions beyond those of the training turn more slowly.
    enum class RopeKind {
        Default,
        Linear,  ///< Every angle divided by `factor`.
        Llama3,  ///< Slow turns divided by `factor`, fast ones left, those between blended.
    };
    struct Rope {
        RopeKind kind = RopeKind::Default;
        double theta = 10000.0;
        double factor = 1.0;
        double low_freq_factor = 1.0;  ///< Llama3 only, as the next two.
        double high_freq_factor = 4.0;
        std::int64_t original_max_position_embeddings = 8192;
    };
    enum class Activation { Silu, Gelu, GeluTanh };

    std::int64_t vocab_size = 32000;
    std::int64_t hidden_size = 4096;
    std::int64_t intermediate_size = 11008;
    std::int64_t num_hidden_layers = 32;
    std::int64_t num_attention_heads = 32;
    std::int64_t num_key_value_heads = 32;
    std::int64_t head_dim = 128;
    std::int64_t max_position_embeddings = 2048;
    double rms_norm_eps = 1e-6;
    bool attention_bias = false;
    bool mlp_bias = false;
    Activation hidden_act = Activation::Silu;
    Rope rope;
};

/// json: the file's content; where: the file, for messages. Errors: BadModel for another model_type, a kind of rotary embedding
/// or an activation that is not supported, and numbers that no such model can have.
Result<LlamaConfig> parse_llama_config(const nlohmann::json& json, std::string_view where);

}  // namespace headroom::text

#pragma once

#include <cstdint>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"

namespace headroom::text {

/// `text_encoder_2/config.json` of a CLIP text model. Keys that are missing have transformers' defaults (CLIPTextConfig
/// of 5.23.0), unknown keys are ignored.
struct ClipConfig {
    enum class Activation {
        QuickGelu,  ///< x · sigmoid(1.702 x)
        Gelu,
        GeluTanh,
    };

    std::int64_t vocab_size = 49408;
    std::int64_t hidden_size = 512;
    std::int64_t intermediate_size = 2048;
    std::int64_t num_hidden_layers = 12;
    std::int64_t num_attention_heads = 8;
    std::int64_t max_position_embeddings = 77;
    double layer_norm_eps = 1e-5;
    /// 2 in files made before transformers 4.24, where the pooled token is the one with the highest id.
    std::int64_t eos_token_id = 49407;
    Activation hidden_act = Activation::QuickGelu;
};

/// What older files have for eos_token_id, which then says nothing.
inline constexpr std::int64_t kLegacyEos = 2;

/// The token that ends a text: the config's, or with kLegacyEos the last of the vocabulary.
std::int32_t end_of_text(const ClipConfig& config);

/// json: the file's content; where: the file, for messages. Errors: BadModel for another model_type, an activation that is not
/// supported, and numbers that no such model can have.
Result<ClipConfig> parse_clip_config(const nlohmann::json& json, std::string_view where);

}  // namespace headroom::text

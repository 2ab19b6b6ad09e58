#include "core/text/clip_config.h"

#include <string>

#include <nlohmann/json.hpp>

#include "core/base/json_fields.h"

namespace headroom::text {
namespace {

constexpr std::int64_t kLargest = std::int64_t{1} << 24;

Result<ClipConfig::Activation> parse_activation(const JsonFields& fields)
{
    const std::string name =
        TRY(fields.word("hidden_act", "quick_gelu", {"quick_gelu", "gelu", "gelu_new", "gelu_pytorch_tanh"}));
    if (name == "quick_gelu") return ClipConfig::Activation::QuickGelu;
    return name == "gelu" ? ClipConfig::Activation::Gelu : ClipConfig::Activation::GeluTanh;
}

}  // namespace

std::int32_t end_of_text(const ClipConfig& config)
{
    return std::int32_t(config.eos_token_id == kLegacyEos ? config.vocab_size - 1 : config.eos_token_id);
}

Result<ClipConfig> parse_clip_config(const nlohmann::json& json, std::string_view where)
{
    if (!json.is_object()) return fail(ErrorCode::BadModel, "{} is not a JSON object", where);
    const JsonFields fields(json, where);
    TRY(fields.word("model_type", "clip_text_model", {"clip_text_model"}));
    const auto count = [&](const char* key, std::int64_t missing) { return fields.integer(key, missing, 1, kLargest); };
    ClipConfig config;
    config.vocab_size = TRY(count("vocab_size", config.vocab_size));
    config.hidden_size = TRY(count("hidden_size", config.hidden_size));
    config.intermediate_size = TRY(count("intermediate_size", config.intermediate_size));
    config.num_hidden_layers = TRY(fields.integer("num_hidden_layers", config.num_hidden_layers, 1, 1000));
    config.num_attention_heads = TRY(count("num_attention_heads", config.num_attention_heads));
    config.max_position_embeddings = TRY(fields.integer("max_position_embeddings", config.max_position_embeddings, 2, kLargest));
    config.layer_norm_eps = TRY(fields.positive_number("layer_norm_eps", config.layer_norm_eps));
    config.eos_token_id = TRY(fields.integer("eos_token_id", config.eos_token_id, 0, kLargest));
    config.hidden_act = TRY(parse_activation(fields));
    if (config.hidden_size % config.num_attention_heads != 0) {
        return fail(ErrorCode::BadModel, "{}: {} features can't be shared by {} attention heads", where, config.hidden_size,
                    config.num_attention_heads);
    }
    return config;
}

}  // namespace headroom::text

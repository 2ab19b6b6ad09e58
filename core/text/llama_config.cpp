#include "core/text/llama_config.h"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

#include "core/base/json_fields.h"

namespace headroom::text {
namespace {

using nlohmann::json;

constexpr std::int64_t kLargest = std::int64_t{1} << 24;

/// The rotary keys: "rope_parameters" of transformers 5, or "rope_scaling" beside "rope_theta".
Result<LlamaConfig::Rope> parse_rope(const json& config, std::string_view where, std::int64_t max_positions)
{
    LlamaConfig::Rope rope;
    const JsonFields outer(config, where);
    rope.theta = TRY(outer.positive_number("rope_theta", rope.theta));
    const char* key = outer.has("rope_parameters") ? "rope_parameters" : "rope_scaling";
    if (!outer.has(key)) return rope;
    const json& stated = config.at(key);
    if (!stated.is_object()) return fail(ErrorCode::BadModel, "{} is not an object", outer.named(key));
    const JsonFields fields(stated, std::string(where) + ": " + key);
    rope.theta = TRY(fields.positive_number("rope_theta", rope.theta));
    const std::string kind = TRY(fields.text(stated.contains("rope_type") ? "rope_type" : "type", "default"));
    if (kind == "linear") {
        rope.kind = LlamaConfig::RopeKind::Linear;
    } else if (kind == "llama3") {
        rope.kind = LlamaConfig::RopeKind::Llama3;
    } else if (kind != "default" && kind != "dynamic") {  // "dynamic" is the default up to the positions of the training
        return fail(ErrorCode::BadModel, "{} is \"{}\", which is not supported; expected default, linear, dynamic or llama3",
                    outer.named(std::string(key) + ".rope_type"), kind);
    }
    if (rope.kind == LlamaConfig::RopeKind::Default) return rope;
    rope.factor = TRY(fields.positive_number("factor", rope.factor));
    rope.low_freq_factor = TRY(fields.positive_number("low_freq_factor", rope.low_freq_factor));
    rope.high_freq_factor = TRY(fields.positive_number("high_freq_factor", rope.high_freq_factor));
    rope.original_max_position_embeddings = TRY(fields.integer("original_max_position_embeddings", max_positions, 1, kLargest));
    if (rope.kind == LlamaConfig::RopeKind::Llama3 && rope.high_freq_factor <= rope.low_freq_factor) {
        return fail(ErrorCode::BadModel, "{} is not above \"low_freq_factor\"",
                    outer.named(std::string(key) + ".high_freq_factor"));
    }
    return rope;
}

Result<LlamaConfig::Activation> parse_activation(const JsonFields& fields)
{
    const std::string name = TRY(fields.word("hidden_act", "silu", {"silu", "gelu", "gelu_new", "gelu_pytorch_tanh"}));
    if (name == "silu") return LlamaConfig::Activation::Silu;
    return name == "gelu" ? LlamaConfig::Activation::Gelu : LlamaConfig::Activation::GeluTanh;
}

Result<void> check_heads(const LlamaConfig& config, std::string_view where)
{
    if (config.num_attention_heads % config.num_key_value_heads != 0) {
        return fail(ErrorCode::BadModel, "{}: {} attention heads can't share {} key-value heads", where,
                    config.num_attention_heads, config.num_key_value_heads);
    }
    if (config.head_dim % 2 != 0) {
        return fail(ErrorCode::BadModel, "{}: heads of {} features can't be turned in pairs", where, config.head_dim);
    }
    return {};
}

}  // namespace

Result<LlamaConfig> parse_llama_config(const json& json, std::string_view where)
{
    if (!json.is_object()) return fail(ErrorCode::BadModel, "{} is not a JSON object", where);
    const JsonFields fields(json, where);
    TRY(fields.word("model_type", "llama", {"llama"}));
    const auto count = [&](const char* key, std::int64_t missing) { return fields.integer(key, missing, 1, kLargest); };
    LlamaConfig config;
    config.vocab_size = TRY(count("vocab_size", config.vocab_size));
    config.hidden_size = TRY(count("hidden_size", config.hidden_size));
    config.intermediate_size = TRY(count("intermediate_size", config.intermediate_size));
    config.num_hidden_layers = TRY(fields.integer("num_hidden_layers", config.num_hidden_layers, 1, 1000));
    config.num_attention_heads = TRY(fields.integer("num_attention_heads", config.num_attention_heads, 1, 4096));
    config.num_key_value_heads =
        fields.has("num_key_value_heads") ? TRY(count("num_key_value_heads", 1)) : config.num_attention_heads;
    config.head_dim = fields.has("head_dim") ? TRY(count("head_dim", 1))
                                             : std::max<std::int64_t>(config.hidden_size / config.num_attention_heads, 1);
    config.max_position_embeddings = TRY(count("max_position_embeddings", config.max_position_embeddings));
    config.rms_norm_eps = TRY(fields.positive_number("rms_norm_eps", config.rms_norm_eps));
    config.attention_bias = TRY(fields.boolean("attention_bias", config.attention_bias));
    config.mlp_bias = TRY(fields.boolean("mlp_bias", config.mlp_bias));
    config.hidden_act = TRY(parse_activation(fields));
    config.rope = TRY(parse_rope(json, where, config.max_position_embeddings));
    TRY(check_heads(config, where));
    return config;
}

}  // namespace headroom::text

#include "core/text/umt5_config.h"

#include <fstream>
#include <iterator>
#include <string>

#include <nlohmann/json.hpp>

namespace headroom::text {
namespace {

using nlohmann::json;

constexpr std::int64_t kLargest = std::int64_t{1} << 24;

/// Leaves `value` at its default when the key is missing or null.
Result<void> read_count(const json& config, const char* key, std::int64_t& value, const std::filesystem::path& path)
{
    const auto found = config.find(key);
    if (found == config.end() || found->is_null()) return {};
    if (!found->is_number_integer() || *found < 1 || *found > kLargest) {
        return fail(ErrorCode::BadModel, "{}: \"{}\" is {}, expected a whole number from 1 to {}.", path.string(), key,
                    found->dump(-1, ' ', true, json::error_handler_t::replace), kLargest);
    }
    value = found->get<std::int64_t>();
    return {};
}

Result<void> read_epsilon(const json& config, Umt5Config& result, const std::filesystem::path& path)
{
    const auto found = config.find("layer_norm_epsilon");
    if (found == config.end() || found->is_null()) return {};
    if (!found->is_number() || !(found->get<double>() > 0.0) || !(found->get<double>() < 1.0)) {
        return fail(ErrorCode::BadModel, "{}: \"layer_norm_epsilon\" is {}, expected a number between 0 and 1.", path.string(),
                    found->dump(-1, ' ', true, json::error_handler_t::replace));
    }
    result.layer_norm_epsilon = found->get<double>();
    return {};
}

/// A key whose value must be one of a few strings; missing or null counts as `fallback`.
Result<std::string> read_name(const json& config, const char* key, const char* fallback, const std::filesystem::path& path)
{
    const auto found = config.find(key);
    if (found == config.end() || found->is_null()) return std::string(fallback);
    if (!found->is_string()) return fail(ErrorCode::BadModel, "{}: \"{}\" is not a string.", path.string(), key);
    return found->get<std::string>();
}

Result<void> read_kind(const json& config, const char* expected_type, Umt5Config& result, const std::filesystem::path& path)
{
    const std::string model_type = TRY(read_name(config, "model_type", expected_type, path));
    if (model_type != expected_type) {
        return fail(ErrorCode::BadModel, "{}: the text encoder is of type \"{}\", expected \"{}\".", path.string(), model_type,
                    expected_type);
    }
    const bool is_gated = result.feed_forward_proj == Umt5Config::FeedForward::GatedGelu;
    const std::string feed_forward = TRY(read_name(config, "feed_forward_proj", is_gated ? "gated-gelu" : "relu", path));
    if (feed_forward == "gated-gelu") {
        result.feed_forward_proj = Umt5Config::FeedForward::GatedGelu;
    } else if (feed_forward == "relu") {
        result.feed_forward_proj = Umt5Config::FeedForward::Relu;
    } else {
        return fail(ErrorCode::BadModel,
                    "{}: \"feed_forward_proj\" is \"{}\", which is not supported; expected \"gated-gelu\" or \"relu\".",
                    path.string(), feed_forward);
    }
    return {};
}

/// Half the buckets are for one direction, half of those for single distances; the rest reach logarithmically to the maximum.
Result<void> check_buckets(const Umt5Config& config, const std::filesystem::path& path)
{
    const std::int64_t buckets = config.relative_attention_num_buckets;
    if (buckets % 4 != 0 || config.relative_attention_max_distance <= buckets / 4) {
        return fail(ErrorCode::BadModel,
                    "{}: {} relative attention buckets up to distance {} are not possible; expected a multiple of 4, and a "
                    "distance above a quarter of it.",
                    path.string(), buckets, config.relative_attention_max_distance);
    }
    return {};
}

/// result: with the defaults of this type of model.
Result<Umt5Config> parse_config(std::string_view json_text, const char* expected_type, Umt5Config result,
                                const std::filesystem::path& path)
{
    const json config = json::parse(json_text, nullptr, /*allow_exceptions=*/false);
    if (!config.is_object()) return fail(ErrorCode::BadModel, "{} is not a JSON object.", path.string());
    TRY(read_kind(config, expected_type, result, path));
    TRY(read_count(config, "vocab_size", result.vocab_size, path));
    TRY(read_count(config, "d_model", result.d_model, path));
    TRY(read_count(config, "d_kv", result.d_kv, path));
    TRY(read_count(config, "d_ff", result.d_ff, path));
    TRY(read_count(config, "num_layers", result.num_layers, path));
    TRY(read_count(config, "num_heads", result.num_heads, path));
    TRY(read_count(config, "relative_attention_num_buckets", result.relative_attention_num_buckets, path));
    TRY(read_count(config, "relative_attention_max_distance", result.relative_attention_max_distance, path));
    TRY(read_epsilon(config, result, path));
    TRY(check_buckets(result, path));
    if (result.num_layers > 1000) {
        return fail(ErrorCode::BadModel, "{}: \"num_layers\" is {}, more than 1000.", path.string(), result.num_layers);
    }
    return result;
}

Result<std::string> read_text(const std::filesystem::path& path)
{
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return fail(ErrorCode::BadModel, "{} is missing or can't be read.", path.string());
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

}  // namespace

Result<Umt5Config> parse_umt5_config(std::string_view json_text, const std::filesystem::path& path)
{
    return parse_config(json_text, "umt5", {}, path);
}

Result<Umt5Config> parse_t5_config(std::string_view json_text, const std::filesystem::path& path)
{
    Umt5Config defaults;
    defaults.position_bias = Umt5Config::PositionBias::FirstLayer;
    defaults.vocab_size = 32128;
    defaults.d_ff = 2048;
    defaults.num_layers = 6;
    defaults.num_heads = 8;
    defaults.feed_forward_proj = Umt5Config::FeedForward::Relu;
    return parse_config(json_text, "t5", defaults, path);
}

Result<Umt5Config> read_umt5_config(const std::filesystem::path& path)
{
    return parse_umt5_config(TRY(read_text(path)), path);
}

Result<Umt5Config> read_t5_config(const std::filesystem::path& path)
{
    return parse_t5_config(TRY(read_text(path)), path);
}

}  // namespace headroom::text

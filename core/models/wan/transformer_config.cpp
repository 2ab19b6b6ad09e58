#include "core/models/wan/transformer_config.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/base/json_fields.h"

namespace headroom::models::wan {

namespace {

constexpr std::int64_t kMostChannels = 1 << 20;
constexpr std::int64_t kMostLayers = 1000;
constexpr std::int64_t kMostPatch = 64;

/// Keys that only image-to-video models set.
Result<void> refuse_image_to_video(const JsonFields& fields)
{
    for (const char* key : {"image_dim", "added_kv_proj_dim", "pos_embed_seq_len"}) {
        if (fields.has(key)) {
            return fail(ErrorCode::BadModel,
                        "{} is set, as in image-to-video models, which are not supported; choose a Wan text-to-video folder",
                        fields.named(key));
        }
    }
    return {};
}

Result<void> read_channels(const JsonFields& fields, TransformerConfig& config)
{
    config.in_channels = TRY(fields.integer("in_channels", config.in_channels, 1, kMostChannels));
    // As in diffusers, null and 0 mean "as in_channels", and a missing key means 16.
    const bool is_null = fields.given("out_channels") && !fields.has("out_channels");
    const std::int64_t out_channels = is_null ? 0 : TRY(fields.integer("out_channels", 16, 0, kMostChannels));
    if (out_channels != 0 && out_channels != config.in_channels) {
        return fail(
            ErrorCode::BadModel,
            "{} is {} while in_channels is {}, as in image-to-video models; only text-to-video models, where both are equal, "
            "are supported",
            fields.named("out_channels"), out_channels, config.in_channels);
    }
    return {};
}

Result<void> read_attention(const JsonFields& fields, TransformerConfig& config)
{
    config.num_attention_heads = TRY(fields.integer("num_attention_heads", config.num_attention_heads, 1, 1024));
    config.attention_head_dim = TRY(fields.integer("attention_head_dim", config.attention_head_dim, 2, 4096));
    if (config.attention_head_dim % 2 != 0) {
        return fail(ErrorCode::BadModel, "{} is {}, but must be even, because the rotary embedding turns pairs of channels",
                    fields.named("attention_head_dim"), config.attention_head_dim);
    }
    if (fields.has("qk_norm")) {
        TRY(fields.word("qk_norm", "rms_norm_across_heads", {"rms_norm_across_heads"}));
    }
    return {};
}

}  // namespace

Result<TransformerConfig> parse_transformer_config(const nlohmann::json& config, std::string_view where)
{
    const JsonFields fields(config, where);
    TransformerConfig parsed;
    TRY(fields.check_class("WanTransformer3DModel"));
    TRY(refuse_image_to_video(fields));
    TRY(read_channels(fields, parsed));
    TRY(read_attention(fields, parsed));
    const auto patch = TRY(fields.integers("patch_size", {1, 2, 2}, 1, kMostPatch));
    if (patch.size() != parsed.patch_size.size()) {
        return fail(ErrorCode::BadModel, "{} must have 3 numbers (frames, rows, columns), but has {}", fields.named("patch_size"),
                    patch.size());
    }
    std::copy(patch.begin(), patch.end(), parsed.patch_size.begin());
    parsed.text_dim = TRY(fields.integer("text_dim", parsed.text_dim, 1, kMostChannels));
    parsed.freq_dim = TRY(fields.integer("freq_dim", parsed.freq_dim, 2, kMostChannels));
    parsed.ffn_dim = TRY(fields.integer("ffn_dim", parsed.ffn_dim, 1, kMostChannels));
    parsed.num_layers = TRY(fields.integer("num_layers", parsed.num_layers, 1, kMostLayers));
    parsed.cross_attn_norm = TRY(fields.boolean("cross_attn_norm", parsed.cross_attn_norm));
    parsed.eps = TRY(fields.positive_number("eps", parsed.eps));
    parsed.rope_max_seq_len = TRY(fields.integer("rope_max_seq_len", parsed.rope_max_seq_len, 1, kMostChannels));
    return parsed;
}

}  // namespace headroom::models::wan

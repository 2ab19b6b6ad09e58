#include "core/models/hunyuan_video/transformer_config.h"

#include <algorithm>
#include <numeric>

#include <nlohmann/json.hpp>

#include "core/base/json_fields.h"

namespace headroom::models::hunyuan_video {

namespace {

constexpr std::int64_t kMostChannels = 1 << 20;
constexpr std::int64_t kMostLayers = 1000;
constexpr std::int64_t kMostPatch = 64;
constexpr double kMostMlpRatio = 64.0;

Result<void> read_channels(const JsonFields& fields, TransformerConfig& config)
{
    if (fields.has("image_condition_type")) {
        return fail(ErrorCode::BadModel,
                    "{} is set, as in image-to-video models, which are not supported; choose a HunyuanVideo text-to-video folder",
                    fields.named("image_condition_type"));
    }
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
    TRY(fields.word("qk_norm", "rms_norm", {"rms_norm"}));
    config.rope_theta = TRY(fields.positive_number("rope_theta", config.rope_theta));
    const auto& usual = config.rope_axes_dim;
    const auto axes = TRY(fields.integers("rope_axes_dim", {usual.begin(), usual.end()}, 2, 4096));
    const bool turns_pairs = std::ranges::all_of(axes, [](std::int64_t channels) { return channels % 2 == 0; });
    if (axes.size() != usual.size() || !turns_pairs) {
        return fail(ErrorCode::BadModel, "{} must be 3 even numbers (channels for frames, rows and columns)",
                    fields.named("rope_axes_dim"));
    }
    const std::int64_t turned = std::accumulate(axes.begin(), axes.end(), std::int64_t{0});
    if (turned != config.attention_head_dim) {
        return fail(ErrorCode::BadModel, "{} adds up to {} channels, but attention_head_dim is {}", fields.named("rope_axes_dim"),
                    turned, config.attention_head_dim);
    }
    std::copy(axes.begin(), axes.end(), config.rope_axes_dim.begin());
    return {};
}

}  // namespace

Result<TransformerConfig> parse_transformer_config(const nlohmann::json& config, std::string_view where)
{
    const JsonFields fields(config, where);
    TransformerConfig parsed;
    TRY(fields.check_class("HunyuanVideoTransformer3DModel"));
    TRY(read_channels(fields, parsed));
    TRY(read_attention(fields, parsed));
    parsed.num_layers = TRY(fields.integer("num_layers", parsed.num_layers, 0, kMostLayers));
    parsed.num_single_layers = TRY(fields.integer("num_single_layers", parsed.num_single_layers, 0, kMostLayers));
    parsed.num_refiner_layers = TRY(fields.integer("num_refiner_layers", parsed.num_refiner_layers, 0, kMostLayers));
    parsed.mlp_ratio = TRY(fields.positive_number("mlp_ratio", parsed.mlp_ratio));
    parsed.patch_size = TRY(fields.integer("patch_size", parsed.patch_size, 1, kMostPatch));
    parsed.patch_size_t = TRY(fields.integer("patch_size_t", parsed.patch_size_t, 1, kMostPatch));
    parsed.guidance_embeds = TRY(fields.boolean("guidance_embeds", parsed.guidance_embeds));
    parsed.text_embed_dim = TRY(fields.integer("text_embed_dim", parsed.text_embed_dim, 1, kMostChannels));
    parsed.pooled_projection_dim = TRY(fields.integer("pooled_projection_dim", parsed.pooled_projection_dim, 1, kMostChannels));
    if (parsed.mlp_ratio > kMostMlpRatio || parsed.mlp_dim() < 1) {
        return fail(ErrorCode::BadModel,
                    "{} is {}, but must make a feed-forward of at least one channel out of {}, and at most {} times them",
                    fields.named("mlp_ratio"), parsed.mlp_ratio, parsed.inner_dim(), kMostMlpRatio);
    }
    return parsed;
}

}  // namespace headroom::models::hunyuan_video

#include "core/models/cogvideox/transformer_config.h"

#include <nlohmann/json.hpp>

#include "core/base/json_fields.h"

namespace headroom::models::cogvideox {

namespace {

constexpr std::int64_t kMostChannels = 1 << 20;
constexpr std::int64_t kMostLayers = 1000;
constexpr std::int64_t kMostPatch = 64;

/// What only image-to-video models set.
Result<void> refuse_image_to_video(const JsonFields& fields, std::int64_t in_channels)
{
    // As in diffusers, null means "as in_channels", and a missing key means 16.
    const bool is_null = fields.given("out_channels") && !fields.has("out_channels");
    const std::int64_t out_channels = is_null ? in_channels : TRY(fields.integer("out_channels", 16, 1, kMostChannels));
    const bool is_offset = fields.has("ofs_embed_dim") && TRY(fields.integer("ofs_embed_dim", 0, 0, kMostChannels)) > 0;
    if (out_channels != in_channels) {
        return fail(
            ErrorCode::BadModel,
            "{} is {} while in_channels is {}, as in image-to-video models; only text-to-video models, where both are equal, "
            "are supported",
            fields.named("out_channels"), out_channels, in_channels);
    }
    if (is_offset || TRY(fields.boolean("use_learned_positional_embeddings", false))) {
        return fail(ErrorCode::BadModel,
                    "{} is set, as in image-to-video models, which are not supported; choose a text-to-video folder",
                    fields.named(is_offset ? "ofs_embed_dim" : "use_learned_positional_embeddings"));
    }
    return {};
}

/// Forms of the model that no published text-to-video checkpoint has.
Result<void> refuse_other_forms(const JsonFields& fields)
{
    TRY(fields.word("activation_fn", "gelu-approximate", {"gelu-approximate"}));
    TRY(fields.word("timestep_activation_fn", "silu", {"silu"}));
    if (!TRY(fields.boolean("flip_sin_to_cos", true)) || !TRY(fields.boolean("norm_elementwise_affine", true))) {
        return fail(ErrorCode::BadModel, "{} or 'norm_elementwise_affine' is false, which is not supported",
                    fields.named("flip_sin_to_cos"));
    }
    TRY(fields.integer("freq_shift", 0, 0, 0));
    return {};
}

Result<void> read_sizes(const JsonFields& fields, TransformerConfig& config)
{
    config.sample_width = TRY(fields.integer("sample_width", config.sample_width, 1, kMostChannels));
    config.sample_height = TRY(fields.integer("sample_height", config.sample_height, 1, kMostChannels));
    config.sample_frames = TRY(fields.integer("sample_frames", config.sample_frames, 1, kMostChannels));
    config.patch_size = TRY(fields.integer("patch_size", config.patch_size, 1, kMostPatch));
    if (fields.has("patch_size_t")) config.patch_size_t = TRY(fields.integer("patch_size_t", 1, 1, kMostPatch));
    config.temporal_compression_ratio =
        TRY(fields.integer("temporal_compression_ratio", config.temporal_compression_ratio, 1, kMostPatch));
    if (config.sample_width < config.patch_size || config.sample_height < config.patch_size) {
        return fail(ErrorCode::BadModel, "{} is {}, which is more than 'sample_width' or 'sample_height'",
                    fields.named("patch_size"), config.patch_size);
    }
    return {};
}

/// Both kinds of positions split the channels among three axes, in pairs.
Result<void> read_positions(const JsonFields& fields, TransformerConfig& config)
{
    config.spatial_interpolation_scale =
        TRY(fields.positive_number("spatial_interpolation_scale", config.spatial_interpolation_scale));
    config.temporal_interpolation_scale =
        TRY(fields.positive_number("temporal_interpolation_scale", config.temporal_interpolation_scale));
    const bool is_rotary = TRY(fields.boolean("use_rotary_positional_embeddings", false));
    config.positions = is_rotary ? TransformerConfig::Positions::Rotary : TransformerConfig::Positions::Sines;
    if (!is_rotary && config.patch_frames() > 1) {
        return fail(ErrorCode::BadModel,
                    "{} is {}, which needs 'use_rotary_positional_embeddings': sines stand for single latent frames",
                    fields.named("patch_size_t"), config.patch_size_t);
    }
    const std::int64_t channels = is_rotary ? config.attention_head_dim : config.inner_dim();
    if (channels % 16 != 0) {
        return fail(ErrorCode::BadModel,
                    "{} is {}: {} channels can't be split among the positions' axes; they must be a multiple of 16",
                    fields.named("attention_head_dim"), config.attention_head_dim, channels);
    }
    return {};
}

}  // namespace

Result<TransformerConfig> parse_transformer_config(const nlohmann::json& config, std::string_view where)
{
    const JsonFields fields(config, where);
    TransformerConfig parsed;
    TRY(fields.check_class("CogVideoXTransformer3DModel"));
    parsed.in_channels = TRY(fields.integer("in_channels", parsed.in_channels, 1, kMostChannels));
    TRY(refuse_image_to_video(fields, parsed.in_channels));
    TRY(refuse_other_forms(fields));
    parsed.num_attention_heads = TRY(fields.integer("num_attention_heads", parsed.num_attention_heads, 1, 1024));
    parsed.attention_head_dim = TRY(fields.integer("attention_head_dim", parsed.attention_head_dim, 2, 4096));
    parsed.time_embed_dim = TRY(fields.integer("time_embed_dim", parsed.time_embed_dim, 1, kMostChannels));
    parsed.text_embed_dim = TRY(fields.integer("text_embed_dim", parsed.text_embed_dim, 1, kMostChannels));
    parsed.num_layers = TRY(fields.integer("num_layers", parsed.num_layers, 1, kMostLayers));
    parsed.attention_bias = TRY(fields.boolean("attention_bias", parsed.attention_bias));
    parsed.max_text_seq_length = TRY(fields.integer("max_text_seq_length", parsed.max_text_seq_length, 1, 1 << 14));
    parsed.norm_eps = TRY(fields.positive_number("norm_eps", parsed.norm_eps));
    parsed.patch_bias = TRY(fields.boolean("patch_bias", parsed.patch_bias));
    TRY(read_sizes(fields, parsed));
    TRY(read_positions(fields, parsed));
    return parsed;
}

}  // namespace headroom::models::cogvideox

#include "core/models/cogvideox/vae_config.h"

#include <bit>

#include <nlohmann/json.hpp>

#include "core/base/json_fields.h"

namespace headroom::models::cogvideox {

namespace {

constexpr std::int64_t kMostChannels = 1 << 16;
constexpr std::int64_t kMostLevels = 8;
constexpr std::int64_t kMostBlocks = 100;
constexpr std::int64_t kMostPixels = 1 << 16;

Result<void> check_blocks(const nlohmann::json& config, const JsonFields& fields, const char* key, const char* block,
                          std::size_t levels)
{
    const auto found = config.find(key);
    if (found == config.end()) return {};
    const nlohmann::json expected(levels, block);
    if (*found == expected) return {};
    return fail(ErrorCode::BadModel,
                "{} must name {} once for each of the {} levels of block_out_channels; other blocks are not supported",
                fields.named(key), block, levels);
}

Result<void> refuse_what_diffusers_cant_run(const JsonFields& fields)
{
    for (const char* key : {"use_quant_conv", "use_post_quant_conv"}) {
        if (TRY(fields.boolean(key, false))) {
            return fail(ErrorCode::BadModel,
                        "{} is true: autoencoders with that convolution are not supported (diffusers can't run them either)",
                        fields.named(key));
        }
    }
    return {};
}

Result<void> read_levels(const nlohmann::json& config, const JsonFields& fields, VaeConfig& parsed)
{
    parsed.block_out_channels = TRY(fields.integers("block_out_channels", parsed.block_out_channels, 1, kMostChannels));
    if (parsed.levels() < 1 || parsed.levels() > kMostLevels) {
        return fail(ErrorCode::BadModel, "{} must have 1 to {} numbers, but has {}", fields.named("block_out_channels"),
                    kMostLevels, parsed.levels());
    }
    TRY(check_blocks(config, fields, "down_block_types", "CogVideoXDownBlock3D", parsed.block_out_channels.size()));
    TRY(check_blocks(config, fields, "up_block_types", "CogVideoXUpBlock3D", parsed.block_out_channels.size()));
    parsed.norm_num_groups = TRY(fields.integer("norm_num_groups", parsed.norm_num_groups, 1, kMostChannels));
    for (const std::int64_t channels : parsed.block_out_channels) {
        if (channels % parsed.norm_num_groups == 0) continue;
        return fail(ErrorCode::BadModel, "{}: {} channels can't be divided into the {} groups of norm_num_groups",
                    fields.named("block_out_channels"), channels, parsed.norm_num_groups);
    }
    return {};
}

// diffusers allows a float.
Result<void> read_ratio(const JsonFields& fields, VaeConfig& parsed)
{
    const double ratio = TRY(fields.number("temporal_compression_ratio", double(parsed.temporal_compression_ratio)));
    parsed.temporal_compression_ratio = ratio >= 1 && ratio <= double(parsed.spatial_scale()) ? std::int64_t(ratio) : 0;
    if (double(parsed.temporal_compression_ratio) == ratio &&
        std::has_single_bit(std::uint64_t(parsed.temporal_compression_ratio)))
        return {};
    return fail(ErrorCode::BadModel,
                "{} is {}, but it must be a power of 2 and {} at most, by what the levels of block_out_channels scale",
                fields.named("temporal_compression_ratio"), ratio, parsed.spatial_scale());
}

}  // namespace

std::int64_t VaeConfig::pixel_frames(std::int64_t latents) const
{
    return latents % 2 == 1 ? 1 + (latents - 1) * temporal_compression_ratio : latents * temporal_compression_ratio;
}

std::int64_t VaeConfig::latent_frames(std::int64_t pixels) const
{
    if (pixels < 1) return 0;
    std::int64_t first = first_pixels(pixels);
    const std::int64_t later = pixels - first;
    for (std::int64_t ratio = temporal_compression_ratio; ratio > 1; ratio /= 2) first = (first + 1) / 2;
    return first + later / temporal_compression_ratio;
}

Result<VaeConfig> parse_vae_config(const nlohmann::json& config, std::string_view where)
{
    const JsonFields fields(config, where);
    VaeConfig parsed;
    TRY(fields.check_class("AutoencoderKLCogVideoX"));
    TRY(refuse_what_diffusers_cant_run(fields));
    parsed.in_channels = TRY(fields.integer("in_channels", parsed.in_channels, 1, kMostChannels));
    parsed.out_channels = TRY(fields.integer("out_channels", parsed.out_channels, 1, kMostChannels));
    if (parsed.out_channels != 3) {
        return fail(ErrorCode::BadModel, "{} is {}; only autoencoders of 3 colour channels are supported",
                    fields.named("out_channels"), parsed.out_channels);
    }
    parsed.latent_channels = TRY(fields.integer("latent_channels", parsed.latent_channels, 1, kMostChannels));
    parsed.layers_per_block = TRY(fields.integer("layers_per_block", parsed.layers_per_block, 0, kMostBlocks));
    TRY(fields.word("act_fn", "silu", {"silu", "swish"}));
    parsed.norm_eps = TRY(fields.positive_number("norm_eps", parsed.norm_eps));
    TRY(read_levels(config, fields, parsed));
    TRY(read_ratio(fields, parsed));
    parsed.sample_height = TRY(fields.integer("sample_height", parsed.sample_height, 1, kMostPixels));
    parsed.sample_width = TRY(fields.integer("sample_width", parsed.sample_width, 1, kMostPixels));
    parsed.scaling_factor = TRY(fields.positive_number("scaling_factor", parsed.scaling_factor));
    return parsed;
}

}  // namespace headroom::models::cogvideox

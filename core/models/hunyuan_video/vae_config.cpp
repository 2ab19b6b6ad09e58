#include "core/models/hunyuan_video/vae_config.h"

#include <algorithm>
#include <bit>

#include <nlohmann/json.hpp>

#include "core/base/json_fields.h"

namespace headroom::models::hunyuan_video {

namespace {

constexpr std::int64_t kMostChannels = 1 << 16;
constexpr std::int64_t kMostLevels = 8;
constexpr std::int64_t kMostBlocks = 100;
constexpr std::int64_t kTimeRatio = 4;
constexpr std::int64_t kTimeSteps = 2;

// diffusers builds a level for each name of these lists.
Result<void> check_block_types(const nlohmann::json& config, const JsonFields& fields, const char* key, const char* name,
                               std::size_t levels)
{
    const auto found = config.find(key);
    if (found == config.end()) {
        constexpr std::size_t kDefaultLevels = 4;
        if (levels == kDefaultLevels) return {};
        return fail(ErrorCode::BadModel, "{} is missing: there must be one name for each of the {} levels", fields.named(key),
                    levels);
    }
    const bool fits = found->is_array() && found->size() == levels &&
                      std::ranges::all_of(*found, [&](const nlohmann::json& type) { return type == name; });
    if (fits) return {};
    return fail(ErrorCode::BadModel, "{} must be '{}' for each of the {} levels of block_out_channels, but is {}",
                fields.named(key), name, levels, found->dump());
}

Result<void> read_levels(const nlohmann::json& config, const JsonFields& fields, VaeConfig& parsed)
{
    parsed.block_out_channels = TRY(fields.integers("block_out_channels", parsed.block_out_channels, 1, kMostChannels));
    parsed.norm_num_groups = TRY(fields.integer("norm_num_groups", parsed.norm_num_groups, 1, kMostChannels));
    const auto levels = std::int64_t(parsed.block_out_channels.size());
    if (levels <= kTimeSteps || levels > kMostLevels) {
        return fail(ErrorCode::BadModel, "{} must have {} to {} numbers, but has {}", fields.named("block_out_channels"),
                    kTimeSteps + 1, kMostLevels, levels);
    }
    for (const std::int64_t channels : parsed.block_out_channels) {
        if (channels % parsed.norm_num_groups != 0) {
            return fail(ErrorCode::BadModel, "{}: {} channels don't divide into {} groups", fields.named("block_out_channels"),
                        channels, parsed.norm_num_groups);
        }
    }
    TRY(check_block_types(config, fields, "down_block_types", "HunyuanVideoDownBlock3D", std::size_t(levels)));
    TRY(check_block_types(config, fields, "up_block_types", "HunyuanVideoUpBlock3D", std::size_t(levels)));
    return {};
}

Result<void> read_ratios(const JsonFields& fields, VaeConfig& parsed)
{
    parsed.temporal_compression_ratio = TRY(fields.integer("temporal_compression_ratio", kTimeRatio, kTimeRatio, kTimeRatio));
    const auto levels = std::int64_t(parsed.block_out_channels.size());
    const std::int64_t most = std::int64_t{1} << levels;
    parsed.spatial_compression_ratio =
        TRY(fields.integer("spatial_compression_ratio", parsed.spatial_compression_ratio, 1, most));
    if (!std::has_single_bit(std::uint64_t(parsed.spatial_compression_ratio))) {
        return fail(ErrorCode::BadModel, "{} is {}, but levels halve the pictures: it must be a power of two",
                    fields.named("spatial_compression_ratio"), parsed.spatial_compression_ratio);
    }
    return {};
}

}  // namespace

VaeConfig::Step VaeConfig::step_after(std::size_t level) const
{
    const auto index = std::int64_t(level), levels = std::int64_t(block_out_channels.size());
    const std::int64_t space_steps = std::bit_width(std::uint64_t(spatial_compression_ratio)) - 1;
    return {.in_time = index >= levels - 1 - kTimeSteps && index + 1 < levels, .in_space = index < space_steps};
}

Result<VaeConfig> parse_vae_config(const nlohmann::json& config, std::string_view where)
{
    const JsonFields fields(config, where);
    VaeConfig parsed;
    TRY(fields.check_class("AutoencoderKLHunyuanVideo"));
    parsed.in_channels = TRY(fields.integer("in_channels", parsed.in_channels, 3, 3));
    parsed.out_channels = TRY(fields.integer("out_channels", parsed.out_channels, 3, 3));
    parsed.latent_channels = TRY(fields.integer("latent_channels", parsed.latent_channels, 1, kMostChannels));
    parsed.layers_per_block = TRY(fields.integer("layers_per_block", parsed.layers_per_block, 1, kMostBlocks));
    parsed.scaling_factor = TRY(fields.positive_number("scaling_factor", parsed.scaling_factor));
    parsed.mid_block_add_attention = TRY(fields.boolean("mid_block_add_attention", parsed.mid_block_add_attention));
    TRY(fields.word("act_fn", "silu", {"silu", "swish"}));
    TRY(read_levels(config, fields, parsed));
    TRY(read_ratios(fields, parsed));
    return parsed;
}

}  // namespace headroom::models::hunyuan_video

#include "core/models/wan/vae_config.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "core/base/json_fields.h"

namespace headroom::models::wan {

namespace {

constexpr std::int64_t kMostChannels = 1 << 16;
constexpr std::int64_t kMostLevels = 8;
constexpr std::int64_t kMostBlocks = 100;
constexpr std::int64_t kMostPatch = 16;
constexpr std::int64_t kMostScale = kMostPatch << kMostLevels;
constexpr std::int64_t kColours = 3;

Result<std::vector<double>> read_numbers(const nlohmann::json& config, const JsonFields& fields, const char* key,
                                         std::vector<double> missing)
{
    const auto found = config.find(key);
    if (found == config.end()) return missing;
    const auto is_finite_number = [](const nlohmann::json& value) {
        return value.is_number() && std::isfinite(value.get<double>());
    };
    if (!found->is_array() || !std::ranges::all_of(*found, is_finite_number)) {
        return fail(ErrorCode::BadModel, "{} must be a list of numbers", fields.named(key));
    }
    return found->get<std::vector<double>>();
}

Result<std::vector<bool>> read_booleans(const nlohmann::json& config, const JsonFields& fields, const char* key,
                                        std::vector<bool> missing)
{
    const auto found = config.find(key);
    if (found == config.end()) return missing;
    if (!found->is_array() || !std::ranges::all_of(*found, [](const nlohmann::json& value) { return value.is_boolean(); })) {
        return fail(ErrorCode::BadModel, "{} must be a list of true and false", fields.named(key));
    }
    return found->get<std::vector<bool>>();
}

Result<void> read_statistics(const nlohmann::json& config, const JsonFields& fields, VaeConfig& parsed)
{
    parsed.latents_mean = TRY(read_numbers(config, fields, "latents_mean", parsed.latents_mean));
    parsed.latents_std = TRY(read_numbers(config, fields, "latents_std", parsed.latents_std));
    for (const auto& [key, values] :
         {std::pair("latents_mean", &parsed.latents_mean), std::pair("latents_std", &parsed.latents_std)}) {
        if (std::int64_t(values->size()) != parsed.z_dim) {
            return fail(ErrorCode::BadModel, "{} has {} numbers, but z_dim is {}: there must be one for each latent channel",
                        fields.named(key), values->size(), parsed.z_dim);
        }
    }
    if (std::ranges::any_of(parsed.latents_std, [](double value) { return value <= 0; })) {
        return fail(ErrorCode::BadModel, "{} must have numbers above 0 only", fields.named("latents_std"));
    }
    return {};
}

// A scale factor follows from the levels; a config that says something else would give videos of the wrong size.
Result<std::int64_t> read_scale(const JsonFields& fields, const char* key, std::int64_t missing, std::int64_t of_levels)
{
    const std::int64_t given = fields.has(key) ? TRY(fields.integer(key, missing, 1, kMostScale)) : missing;
    if (given != of_levels) {
        return fail(ErrorCode::BadModel, "{} is {}, but dim_mult, temperal_downsample and patch_size scale by {}",
                    fields.named(key), given, of_levels);
    }
    return given;
}

Result<void> read_levels(const nlohmann::json& config, const JsonFields& fields, VaeConfig& parsed)
{
    parsed.dim_mult = TRY(fields.integers("dim_mult", parsed.dim_mult, 1, 1024));
    parsed.temperal_downsample = TRY(read_booleans(config, fields, "temperal_downsample", parsed.temperal_downsample));
    const std::int64_t levels = std::int64_t(parsed.dim_mult.size());
    if (levels < 1 || levels > kMostLevels) {
        return fail(ErrorCode::BadModel, "{} must have 1 to {} numbers, but has {}", fields.named("dim_mult"), kMostLevels,
                    levels);
    }
    if (std::int64_t(parsed.temperal_downsample.size()) != levels - 1) {
        return fail(ErrorCode::BadModel, "{} has {} values, but dim_mult has {} levels, which are joined by {} steps",
                    fields.named("temperal_downsample"), parsed.temperal_downsample.size(), levels, levels - 1);
    }
    const std::int64_t widest = *std::ranges::max_element(parsed.dim_mult);
    if (parsed.decoder_dim() * widest > kMostChannels) {
        return fail(ErrorCode::BadModel, "{}: the decoder would have {} channels; at most {} are supported",
                    fields.named("dim_mult"), parsed.decoder_dim() * widest, kMostChannels);
    }
    const auto doublings = std::ranges::count(parsed.temperal_downsample, true);
    parsed.scale_factor_spatial = TRY(read_scale(fields, "scale_factor_spatial", 8, parsed.patch_edge() << (levels - 1)));
    parsed.scale_factor_temporal = TRY(read_scale(fields, "scale_factor_temporal", 4, std::int64_t{1} << doublings));
    return {};
}

// In the plain form the decoder halves the channels where it doubles the size, and the next level must begin with what is left.
Result<void> check_halving(const JsonFields& fields, const VaeConfig& parsed)
{
    for (std::size_t level = 1; level < parsed.dim_mult.size(); ++level) {
        const std::int64_t channels = parsed.decoder_dim() * parsed.dim_mult[level];
        if (channels < 2) {
            return fail(ErrorCode::BadModel, "{}: level {} of the decoder would have {} channels, too few to be halved",
                        fields.named("dim_mult"), level, channels);
        }
    }
    return {};
}

// In the residual form a shortcut must be able to distribute the channels of one level to those of the next, without a rest.
Result<void> check_shortcuts(const JsonFields& fields, const VaeConfig& parsed)
{
    const std::size_t levels = parsed.dim_mult.size();
    for (std::size_t level = 0; level < levels; ++level) {
        const bool steps = level + 1 < levels;
        const std::int64_t factor = steps ? (parsed.temperal_downsample[level] ? 8 : 4) : 1;
        const std::int64_t before = level == 0 ? 1 : parsed.dim_mult[level - 1], after = parsed.dim_mult[level];
        if (before * factor % after != 0) {
            return fail(
                ErrorCode::BadModel,
                "{}: level {} of the encoder has {} times the channels of the one before, which its shortcut, of factor {}, "
                "can't give",
                fields.named("dim_mult"), level, double(after) / double(before), factor);
        }
        if (!steps) continue;
        // The decoder's levels, counted the other way: its input is the next deeper level's.
        const std::int64_t time = parsed.temperal_downsample[level] ? 2 : 1;
        const std::int64_t deeper = level + 2 < levels ? parsed.dim_mult[level + 2] : parsed.dim_mult.back();
        if (parsed.dim_mult[level + 1] * time * 4 % deeper != 0) {
            return fail(ErrorCode::BadModel,
                        "{}: a level of the decoder turns {} channels into {}, which its shortcut, of factor {}, can't give",
                        fields.named("dim_mult"), deeper * parsed.decoder_dim(),
                        parsed.dim_mult[level + 1] * parsed.decoder_dim(), time * 4);
        }
    }
    return {};
}

Result<void> read_pictures(const JsonFields& fields, VaeConfig& parsed)
{
    if (fields.has("patch_size")) parsed.patch_size = TRY(fields.integer("patch_size", 1, 1, kMostPatch));
    parsed.in_channels = TRY(fields.integer("in_channels", parsed.in_channels, 1, kMostChannels));
    parsed.out_channels = TRY(fields.integer("out_channels", parsed.out_channels, 1, kMostChannels));
    const std::int64_t needed = kColours * parsed.patch_edge() * parsed.patch_edge();
    if (parsed.out_channels != needed) {
        return fail(ErrorCode::BadModel,
                    "{} is {}; only autoencoders of 3 colour channels are supported, which need {} with patches of {} pixels",
                    fields.named("out_channels"), parsed.out_channels, needed, parsed.patch_edge());
    }
    return {};
}

}  // namespace

Result<VaeConfig> parse_vae_config(const nlohmann::json& config, std::string_view where)
{
    const JsonFields fields(config, where);
    VaeConfig parsed;
    TRY(fields.check_class("AutoencoderKLWan"));
    parsed.base_dim = TRY(fields.integer("base_dim", parsed.base_dim, 1, kMostChannels));
    if (fields.has("decoder_base_dim")) {
        parsed.decoder_base_dim = TRY(fields.integer("decoder_base_dim", 0, 1, kMostChannels));
    }
    parsed.z_dim = TRY(fields.integer("z_dim", parsed.z_dim, 1, kMostChannels));
    parsed.num_res_blocks = TRY(fields.integer("num_res_blocks", parsed.num_res_blocks, 0, kMostBlocks));
    parsed.attn_scales = TRY(read_numbers(config, fields, "attn_scales", parsed.attn_scales));
    parsed.dropout = TRY(fields.number("dropout", parsed.dropout));
    parsed.is_residual = TRY(fields.boolean("is_residual", parsed.is_residual));
    TRY(read_pictures(fields, parsed));
    TRY(read_levels(config, fields, parsed));
    TRY(parsed.is_residual ? check_shortcuts(fields, parsed) : check_halving(fields, parsed));
    TRY(read_statistics(config, fields, parsed));
    return parsed;
}

}  // namespace headroom::models::wan

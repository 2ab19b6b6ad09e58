#include "core/models/wan/vae_encoder.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <ATen/ops/empty.h>

#include "core/base/cancel.h"
#include "core/nn/linear.h"

namespace headroom::models::wan {

namespace {

constexpr std::int64_t kColours = 3;

std::int64_t channels_of(const VaeConfig& config, std::size_t level)
{
    return config.base_dim * config.dim_mult[level];
}

VaeDownStep step_after(const VaeConfig& config, std::size_t level)
{
    if (level + 1 == config.dim_mult.size()) return VaeDownStep::None;
    return config.temperal_downsample[level] ? VaeDownStep::SpaceAndTime : VaeDownStep::Space;
}

// The plain form counts residual blocks and steps of all levels in one list, the residual form has a list for each level.
void name_layers(const VaeConfig& config, std::size_t level, VaeDownLevel::Shape& shape)
{
    const std::string list = "down_blocks.";
    const std::string own = list + std::to_string(level) + ".";
    const std::int64_t first = std::int64_t(level) * (config.num_res_blocks + 1);
    for (std::int64_t block = 0; block < config.num_res_blocks; ++block) {
        shape.resnet_keys.push_back(config.is_residual ? own + "resnets." + std::to_string(block)
                                                       : list + std::to_string(first + block));
    }
    shape.step_key = config.is_residual ? own + "downsampler" : list + std::to_string(first + config.num_res_blocks);
}

VaeDownLevel::Shape shape_of(const VaeConfig& config, std::size_t level)
{
    VaeDownLevel::Shape shape;
    shape.in_channels = level == 0 ? config.in_channels : channels_of(config, level - 1);
    if (level == 0) shape.conv_in_channels = config.base_dim;
    shape.out_channels = channels_of(config, level);
    shape.step = step_after(config, level);
    name_layers(config, level, shape);
    if (config.is_residual) {
        shape.shortcut.emplace(shape.out_channels, shape.step == VaeDownStep::SpaceAndTime ? 2 : 1,
                               shape.step == VaeDownStep::None ? 1 : 2);
    }
    return shape;
}

// Elements of a level's widest features in units of those of one full-size channel of one frame.
double extent(const VaeConfig& config, std::size_t level)
{
    const auto before = config.temperal_downsample.begin();
    const auto halvings = std::count(before, before + std::ptrdiff_t(level), true);
    const std::int64_t widest =
        std::max(level == 0 ? config.base_dim : channels_of(config, level - 1), channels_of(config, level));
    return std::ldexp(double(widest), -int(2 * level) - int(halvings));
}

}  // namespace

Result<void> check_encodes(const VaeConfig& config)
{
    if (config.in_channels != kColours * config.patch_edge() * config.patch_edge()) {
        return fail(ErrorCode::BadModel,
                    "The model's autoencoder can't encode pictures of {} colours: its 'in_channels' is {}, its patches are {} "
                    "pixels wide",
                    kColours, config.in_channels, config.patch_edge());
    }
    const bool changes_channels = std::ranges::any_of(config.dim_mult, [](std::int64_t factor) { return factor != 1; });
    if (config.num_res_blocks == 0 && changes_channels) {
        return fail(ErrorCode::BadModel,
                    "The model's autoencoder can't encode: its 'num_res_blocks' is 0, so nothing changes the channels "
                    "from level to level as 'dim_mult' asks");
    }
    for (std::size_t level = 0; level < config.dim_mult.size() && !config.is_residual; ++level) {
        if (std::ranges::count(config.attn_scales, std::ldexp(1.0, -int(level))) == 0) continue;
        return fail(ErrorCode::BadModel,
                    "The model's autoencoder can't encode: attention between its levels ('attn_scales') is not supported");
    }
    return {};
}

VaeEncoder::VaeEncoder(VaeConfig config) : m_config(std::move(config))
{
    const std::size_t levels = m_config.dim_mult.size();
    m_levels.resize(levels);
    m_level_weights.resize(levels);
    for (std::size_t level = 0; level < levels; ++level) {
        m_level_weights[level].name = "encoder.level." + std::to_string(level);
        m_levels[level].declare(nn::Declare(m_level_weights[level]).at("encoder"), shape_of(m_config, level));
    }
    const std::int64_t channels = channels_of(m_config, levels - 1);
    m_mid_block.declare(nn::Declare(m_mid_block_weights).at("encoder.mid_block"), channels);
    const nn::Declare output(m_output_weights);
    m_output.norm_out.declare(output.at("encoder").at("norm_out"), channels, 3);
    m_output.conv_out.declare(output.at("encoder").at("conv_out"), channels, 2 * m_config.z_dim);
    m_output.quant_conv.declare(output.at("quant_conv"), 2 * m_config.z_dim, 2 * m_config.z_dim, 3);
}

std::vector<nn::ParameterBlock*> VaeEncoder::blocks()
{
    std::vector<nn::ParameterBlock*> all;
    for (nn::ParameterBlock& block : m_level_weights) all.push_back(&block);
    all.push_back(&m_mid_block_weights);
    all.push_back(&m_output_weights);
    return all;
}

VaeEncoderPass::VaeEncoderPass(VaeEncoder& encoder, std::int64_t height, std::int64_t width, int strips,
                               nn::CausalHistory::Place cache)
    : m_encoder(&encoder), m_mid_block_past(cache), m_conv_out_past(cache)
{
    const VaeConfig& config = encoder.m_config;
    for (std::size_t index = 0; index < encoder.m_levels.size(); ++index) {
        const VaeDownLevel& level = encoder.m_levels[index];
        const double share = extent(config, index) / extent(config, 0);
        const auto count = std::int64_t(std::ceil(strips * std::min(share, 1.0)));
        m_levels.push_back({level.scaled(height), level.scaled(width), make_bands(level, height, count, cache)});
        height = level.scaled(height);
        width = level.scaled(width);
    }
}

std::vector<VaeEncoderPass::Band> VaeEncoderPass::make_bands(const VaeDownLevel& level, std::int64_t height, std::int64_t count,
                                                             nn::CausalHistory::Place cache)
{
    const std::int64_t given_height = level.scaled(height);
    const std::int64_t scale = level.scale();
    count = std::clamp<std::int64_t>(count, 1, std::max<std::int64_t>(given_height, 1));
    std::vector<Band> bands;
    for (std::int64_t index = 0; index < count; ++index) {
        const std::int64_t first = index * given_height / count, end = (index + 1) * given_height / count;
        const std::int64_t seen_first = std::max<std::int64_t>(0, scale * first - level.reach()) / scale * scale;
        const std::int64_t seen_end = std::min(height, (scale * end + level.reach() + scale - 1) / scale * scale);
        bands.push_back({.given = {first, end - first},
                         .seen = {seen_first, seen_end - seen_first},
                         .kept = {first - seen_first / scale, end - first},
                         .past = level.new_past(cache)});
    }
    return bands;
}

Result<Tensor> VaeEncoderPass::next(Tensor pixels, memory::WeightSource& weights, const std::stop_token& stop)
{
    Tensor x = std::move(pixels);
    for (std::size_t index = 0; index < m_levels.size(); ++index) {
        TRY(check_not_cancelled(stop));
        const auto held = weights.acquire(m_encoder->m_level_weights[index]);
        x = run_level(index, std::move(x));
    }
    TRY(check_not_cancelled(stop));
    {
        const auto held = weights.acquire(m_encoder->m_mid_block_weights);
        x = m_encoder->m_mid_block.forward(std::move(x), m_mid_block_past);
    }
    TRY(check_not_cancelled(stop));
    const auto held = weights.acquire(m_encoder->m_output_weights);
    return run_output(std::move(x));
}

Tensor VaeEncoderPass::run_level(std::size_t index, Tensor x)
{
    const VaeDownLevel& layers = m_encoder->m_levels[index];
    Level& level = m_levels[index];
    if (level.bands.size() == 1) return layers.forward(std::move(x), level.bands.front().kept, level.bands.front().past);

    Tensor joined;
    for (Band& band : level.bands) {
        // A level may compute in its input's place, so a band gets rows of its own.
        Tensor rows = x.narrow(2, band.seen.first, band.seen.count).clone(at::MemoryFormat::Contiguous);
        const Tensor given = layers.forward(std::move(rows), band.kept, band.past);
        if (!joined.defined()) {
            joined = at::empty({given.size(0), given.size(1), level.height, level.width, given.size(4)}, given.options());
        }
        joined.narrow(2, band.given.first, band.given.count).copy_(given);
    }
    return joined;
}

Tensor VaeEncoderPass::run_output(Tensor x)
{
    const VaeEncoder::Output& output = m_encoder->m_output;
    const std::int64_t z_dim = m_encoder->m_config.z_dim;
    output.norm_out.normalize_and_silu_(x);
    x = output.conv_out.forward(x, m_conv_out_past);  // [latent frames, batch, height, width, 2 · z_dim]
    // The first half of the channels is the mean, which is the mode; the second, the variance, is not needed.
    const Tensor weight = output.quant_conv.weight.value.flatten(1).narrow(0, 0, z_dim);
    return nn::linear(x, weight, output.quant_conv.bias.value.narrow(0, 0, z_dim)).to(at::kFloat);
}

std::int64_t VaeEncoderPass::past_bytes() const
{
    std::int64_t total = m_mid_block_past.size_bytes() + m_conv_out_past.size_bytes();
    for (const Level& level : m_levels) {
        for (const Band& band : level.bands) total += band.past.size_bytes();
    }
    return total;
}

std::int64_t VaeEncoderPass::parked_bytes() const
{
    std::int64_t total = m_mid_block_past.parked_bytes() + m_conv_out_past.parked_bytes();
    for (const Level& level : m_levels) {
        for (const Band& band : level.bands) total += band.past.parked_bytes();
    }
    return total;
}

}  // namespace headroom::models::wan

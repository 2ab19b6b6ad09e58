#include "core/models/cogvideox/vae_encoder.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/base/cancel.h"

namespace headroom::models::cogvideox {

namespace {

constexpr std::int64_t kColours = 3;
constexpr double kOutputEps = 1e-6;

}  // namespace

VaeEncoder::VaeEncoder(VaeConfig config)
    : m_config(std::move(config)), m_levels(m_config.block_out_channels.size()), m_level_weights(m_levels.size())
{
    std::int64_t in_channels = m_config.block_out_channels.front();
    m_conv_in.declare(nn::Declare(m_input_weights).at("encoder.conv_in"), m_config.in_channels, in_channels);
    for (std::size_t level = 0; level < m_levels.size(); ++level) {
        nn::ParameterBlock& weights = m_level_weights[level];
        weights.name = "encoder.down_blocks." + std::to_string(level);
        const nn::Declare declare = nn::Declare(weights).at(weights.name);
        const std::int64_t out_channels = m_config.block_out_channels[level];
        m_levels[level].declare(declare, {in_channels, out_channels, m_config.layers_per_block, 0}, m_config);
        if (level + 1 < m_levels.size()) {
            m_levels[level].step.emplace();
            m_levels[level].step->declare(declare, out_channels, VaeStep::Way::ToLatents,
                                          m_config.step_changes_frames(std::int64_t(level)));
        }
        in_channels = out_channels;
    }
    m_mid_block.declare(nn::Declare(m_mid_block_weights).at("encoder.mid_block"), {in_channels, in_channels, 2, 0}, m_config);
    const nn::Declare out = nn::Declare(m_output_weights).at("encoder");
    m_norm_out.declare(out.at("norm_out"), in_channels, m_config.norm_num_groups, kOutputEps, 0);
    m_conv_out.declare(out.at("conv_out"), in_channels, 2 * m_config.latent_channels);
}

std::vector<nn::ParameterBlock*> VaeEncoder::blocks()
{
    std::vector<nn::ParameterBlock*> all{&m_input_weights};
    for (nn::ParameterBlock& level : m_level_weights) all.push_back(&level);
    all.push_back(&m_mid_block_weights);
    all.push_back(&m_output_weights);
    return all;
}

Result<void> check_encodes(const VaeConfig& config)
{
    if (config.in_channels == kColours && config.layers_per_block > 0) return {};
    if (config.in_channels != kColours) {
        return fail(ErrorCode::BadModel,
                    "vae/config.json: 'in_channels' is {}; only pictures of {} colour channels can be encoded",
                    config.in_channels, kColours);
    }
    return fail(ErrorCode::BadModel,
                "vae/config.json: 'layers_per_block' is 0, so the encoder has no blocks that change the channels");
}

EncodedRegion::EncodedRegion(VaeEncoder& encoder, std::int64_t strips, CachePlace cache)
    : m_encoder(&encoder),
      m_strips(strips),
      m_conv_in_past(cache),
      m_mid_block_past(encoder.m_mid_block.new_past(cache)),
      m_conv_out_past(cache)
{
    for (const VaeLevel& level : encoder.m_levels) m_level_pasts.push_back(level.new_past(cache));
}

// So that the widest layer has as many bands as there are strips.
BandSize EncodedRegion::band_size(const Tensor& pixels) const
{
    const VaeConfig& config = m_encoder->m_config;
    std::int64_t widest = 0, frames = pixels.size(0);
    for (std::int64_t level = 0; level < config.levels(); ++level) {
        const std::int64_t positions = frames * (pixels.size(2) >> level) * (pixels.size(3) >> level);
        widest = std::max(widest, positions * config.block_out_channels[std::size_t(level)]);
        if (config.step_changes_frames(level)) frames = (frames + 1) / 2;
    }
    return {(widest + m_strips - 1) / m_strips};
}

Result<Tensor> EncodedRegion::encode(const Tensor& pixels, Keep keep, memory::WeightSource& weights, const std::stop_token& stop)
{
    TRY(check_not_cancelled(stop));
    const BlockRun run{band_size(pixels), keep, {}, stop};
    Frames x;
    {
        const auto held = weights.acquire(m_encoder->m_input_weights);
        const Tensor& weight = m_encoder->m_conv_in.weight.value;
        for (std::int64_t i = 0; i < pixels.size(0); ++i) x.push_back(pixels[i].to(weight.device(), weight.scalar_type()));
        x = BandedConv(m_encoder->m_conv_in, as_they_are(x), run.bands, m_conv_in_past, keep).compute();
    }
    for (std::size_t level = 0; level < m_level_pasts.size(); ++level) {
        TRY(check_not_cancelled(stop));
        const auto held = weights.acquire(m_encoder->m_level_weights[level]);
        TRY(m_encoder->m_levels[level].forward(x, m_level_pasts[level], run));
    }
    TRY(check_not_cancelled(stop));
    {
        const auto held = weights.acquire(m_encoder->m_mid_block_weights);
        TRY(m_encoder->m_mid_block.forward(x, m_mid_block_past, run));
    }
    TRY(check_not_cancelled(stop));
    const auto held = weights.acquire(m_encoder->m_output_weights);
    const Tensor moments =
        BandedConv(m_encoder->m_conv_out, m_encoder->m_norm_out.of(x, {}), run.bands, m_conv_out_past, keep).compute_picture();
    return moments.narrow(-1, 0, m_encoder->m_config.latent_channels);
}

std::int64_t EncodedRegion::past_bytes() const
{
    std::int64_t total = m_conv_in_past.size_bytes() + m_mid_block_past.size_bytes() + m_conv_out_past.size_bytes();
    for (const VaeLevel::Past& past : m_level_pasts) total += past.size_bytes();
    return total;
}

std::int64_t EncodedRegion::parked_bytes() const
{
    std::int64_t total = m_conv_in_past.parked_bytes() + m_mid_block_past.parked_bytes() + m_conv_out_past.parked_bytes();
    for (const VaeLevel::Past& past : m_level_pasts) total += past.parked_bytes();
    return total;
}

}  // namespace headroom::models::cogvideox

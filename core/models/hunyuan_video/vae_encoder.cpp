#include "core/models/hunyuan_video/vae_encoder.h"

#include <string>
#include <utility>

#include "core/base/cancel.h"

namespace headroom::models::hunyuan_video {

namespace {

// Means and logarithms of variances.
constexpr std::int64_t kMoments = 2;

}  // namespace

VaeEncoder::VaeEncoder(VaeConfig config)
    : m_config(std::move(config)), m_levels(m_config.block_out_channels.size()), m_level_weights(m_levels.size())
{
    const std::vector<std::int64_t>& channels = m_config.block_out_channels;
    std::int64_t in_channels = channels.front();
    for (std::size_t level = 0; level < m_levels.size(); ++level) {
        nn::ParameterBlock& weights = m_level_weights[level];
        weights.name = "encoder.down_blocks." + std::to_string(level);
        if (level == 0) m_conv_in.declare(nn::Declare(weights).at("encoder.conv_in"), m_config.in_channels, in_channels);
        m_levels[level].declare(nn::Declare(weights).at(weights.name), m_config, in_channels, channels[level],
                                VaeLevel::Way::ToLatents, m_config.step_after(level));
        in_channels = channels[level];
    }
    m_mid_block.declare(nn::Declare(m_mid_block_weights).at("encoder.mid_block"), m_config);
    const nn::Declare out(m_head_weights);
    m_head.declare(out.at("encoder"), m_config, in_channels, kMoments * m_config.latent_channels);
    m_quant_conv.declare(out.at("quant_conv"), kMoments * m_config.latent_channels, kMoments * m_config.latent_channels, 3);
}

std::vector<nn::ParameterBlock*> VaeEncoder::blocks()
{
    std::vector<nn::ParameterBlock*> all;
    for (nn::ParameterBlock& level : m_level_weights) all.push_back(&level);
    all.push_back(&m_mid_block_weights);
    all.push_back(&m_head_weights);
    return all;
}

Result<Tensor> VaeEncoder::encode(const Tensor& pixels, memory::WeightSource& weights, const BlockRun& run)
{
    Frames x;
    for (std::size_t level = 0; level < m_levels.size(); ++level) {
        TRY(check_not_cancelled(run.stop));
        const auto held = weights.acquire(m_level_weights[level]);
        if (level == 0) {
            Frames pictures;
            for (std::int64_t i = 0; i < pixels.size(0); ++i) pictures.push_back(pixels[i]);
            x = ConvInBands(m_conv_in, as_they_are(pictures), run.bands).compute();
        }
        TRY(m_levels[level].forward(x, run));
    }
    {
        const auto held = weights.acquire(m_mid_block_weights);
        TRY(m_mid_block.forward(x, run));
    }
    TRY(check_not_cancelled(run.stop));
    const auto held = weights.acquire(m_head_weights);
    return m_quant_conv.forward(m_head.forward(x, run.bands)).narrow(-1, 0, m_config.latent_channels);
}

}  // namespace headroom::models::hunyuan_video

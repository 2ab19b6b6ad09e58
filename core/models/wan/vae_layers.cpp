#include "core/models/wan/vae_layers.h"

#include <string>

namespace headroom::models::wan {

namespace {

VaeUpBlock::Step step_after(const VaeConfig& config, std::size_t level)
{
    if (level + 1 == config.dim_mult.size()) return VaeUpBlock::Step::None;
    const std::size_t steps = config.temperal_downsample.size();
    return config.temperal_downsample[steps - 1 - level] ? VaeUpBlock::Step::SpaceAndTime : VaeUpBlock::Step::Space;
}

}  // namespace

VaeLayers::VaeLayers(const VaeConfig& config)
    : input{{}, {"decoder.input", {}}},
      mid_block{{}, {"decoder.mid_block", {}}},
      levels(config.dim_mult.size()),
      output{{}, {"decoder.output", {}}}
{
    const std::int64_t latent_level_channels = config.decoder_dim() * config.dim_mult.back();
    const nn::Declare in(input.weights);
    input.layers.post_quant_conv.declare(in.at("post_quant_conv"), config.z_dim, config.z_dim, 3);
    input.layers.conv_in.declare(in.at("decoder").at("conv_in"), config.z_dim, latent_level_channels);
    mid_block.layers.declare(nn::Declare(mid_block.weights).at("decoder.mid_block"), latent_level_channels);

    std::int64_t in_channels = latent_level_channels;
    for (std::size_t level = 0; level < levels.size(); ++level) {
        VaePart<VaeUpBlock>& part = levels[level];
        part.weights.name = "decoder.up_blocks." + std::to_string(level);
        const std::int64_t out_channels = config.decoder_dim() * config.dim_mult[levels.size() - 1 - level];
        part.layers.declare(nn::Declare(part.weights).at(part.weights.name), in_channels, out_channels, config.num_res_blocks + 1,
                            step_after(config, level));
        in_channels = out_channels / 2;
    }

    const nn::Declare out = nn::Declare(output.weights).at("decoder");
    const std::int64_t pixel_level_channels = config.decoder_dim() * config.dim_mult.front();
    output.layers.norm_out.declare(out.at("norm_out"), pixel_level_channels, 3);
    output.layers.conv_out.declare(out.at("conv_out"), pixel_level_channels, config.out_channels);
}

std::vector<nn::ParameterBlock*> VaeLayers::blocks()
{
    std::vector<nn::ParameterBlock*> all{&input.weights, &mid_block.weights};
    for (VaePart<VaeUpBlock>& level : levels) all.push_back(&level.weights);
    all.push_back(&output.weights);
    return all;
}

}  // namespace headroom::models::wan

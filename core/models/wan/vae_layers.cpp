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

// Levels from the latents' to the pixels'. The residual form has a shortcut around each level with a step, and steps that keep
// the channels; in the plain form a step halves them.
VaeUpBlock::Shape level_shape(const VaeConfig& config, std::size_t level)
{
    const auto channels = [&](std::size_t of) { return config.decoder_dim() * config.dim_mult[config.dim_mult.size() - 1 - of]; };
    VaeUpBlock::Shape shape;
    shape.in_channels = level == 0 ? channels(0) : channels(level - 1);
    shape.out_channels = channels(level);
    shape.block_count = config.num_res_blocks + 1;
    shape.step = step_after(config, level);
    if (config.is_residual) {
        shape.step_channels = shape.out_channels;
        shape.step_key = "upsampler";
        const int frame_factor = shape.step == VaeUpBlock::Step::SpaceAndTime ? 2 : 1;
        if (shape.step != VaeUpBlock::Step::None) shape.shortcut.emplace(shape.in_channels, shape.out_channels, frame_factor);
    } else {
        shape.step_channels = shape.out_channels / 2;
        if (level > 0) shape.in_channels /= 2;
    }
    return shape;
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

    for (std::size_t level = 0; level < levels.size(); ++level) {
        VaePart<VaeUpBlock>& part = levels[level];
        part.weights.name = "decoder.up_blocks." + std::to_string(level);
        part.layers.declare(nn::Declare(part.weights).at(part.weights.name), level_shape(config, level));
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

#include "core/models/wan/vae_down_blocks.h"

#include <utility>

namespace headroom::models::wan {

namespace {

Tensor rows_of(const Tensor& x, RowRange rows)
{
    return rows.count == x.size(2) ? x : x.narrow(2, rows.first, rows.count).contiguous();
}

}  // namespace

void VaeDownsampler::declare(const nn::Declare& declare, std::int64_t channels, VaeDownStep step)
{
    resample_1.declare(declare.at("resample.1"), channels, channels);
    if (step == VaeDownStep::SpaceAndTime) time_conv.emplace().declare(declare.at("time_conv"), channels);
}

Tensor VaeDownsampler::forward(Tensor x, RowRange kept, nn::CausalHistory& past) const
{
    const std::int64_t frames = x.size(0), batch = x.size(1);
    const Tensor images = std::exchange(x, Tensor()).flatten(0, 1);  // [frames · batch, height, width, channels]
    Tensor result = rows_of(resample_1.forward(images).unflatten(0, {frames, batch}), kept);
    return time_conv ? time_conv->forward(std::move(result), past) : result;
}

std::int64_t VaeDownLevel::Past::size_bytes() const
{
    std::int64_t total = conv_in.size_bytes() + downsampler.size_bytes();
    for (const VaeResidualBlock::Past& past : resnets) total += past.size_bytes();
    return total;
}

std::int64_t VaeDownLevel::Past::parked_bytes() const
{
    std::int64_t total = conv_in.parked_bytes() + downsampler.parked_bytes();
    for (const VaeResidualBlock::Past& past : resnets) total += past.parked_bytes();
    return total;
}

VaeDownLevel::Past VaeDownLevel::new_past(nn::CausalHistory::Place place) const
{
    return {nn::CausalHistory(place), std::vector<VaeResidualBlock::Past>(resnets.size(), VaeResidualBlock::Past(place)),
            nn::CausalHistory(place)};
}

void VaeDownLevel::declare(const nn::Declare& declare, const Shape& shape)
{
    std::int64_t channels = shape.in_channels;
    if (shape.conv_in_channels > 0) {
        conv_in.emplace().declare(declare.at("conv_in"), channels, shape.conv_in_channels);
        channels = shape.conv_in_channels;
    }
    resnets.resize(shape.resnet_keys.size());
    for (std::size_t i = 0; i < resnets.size(); ++i) {
        resnets[i].declare(declare.at(shape.resnet_keys[i]), channels, shape.out_channels);
        channels = shape.out_channels;
    }
    if (shape.step != VaeDownStep::None) downsampler.emplace().declare(declare.at(shape.step_key), channels, shape.step);
    shortcut = shape.shortcut;
}

std::int64_t VaeDownLevel::reach() const
{
    return (conv_in ? 1 : 0) + VaeResidualBlock::kReach * std::int64_t(resnets.size()) + (downsampler ? 1 : 0);
}

Tensor VaeDownLevel::forward(Tensor x, RowRange kept, Past& past) const
{
    if (conv_in) x = conv_in->forward(x, past.conv_in);
    Tensor beside;  // A copy, since the blocks compute in their input's place.
    if (shortcut) beside = x.narrow(2, kept.first * scale(), kept.count * scale()).clone(at::MemoryFormat::Contiguous);
    for (std::size_t i = 0; i < resnets.size(); ++i) x = resnets[i].forward(std::move(x), past.resnets[i]);
    x = downsampler ? downsampler->forward(std::move(x), kept, past.downsampler) : rows_of(x, kept);
    if (shortcut) shortcut->add_to(x, beside);
    return x;
}

}  // namespace headroom::models::wan

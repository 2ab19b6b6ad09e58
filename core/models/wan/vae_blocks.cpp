#include "core/models/wan/vae_blocks.h"

#include <algorithm>
#include <string>
#include <utility>

#include <ATen/ops/empty.h>

#include "core/nn/attention.h"

namespace headroom::models::wan {

namespace {

// Frames are enlarged a few at a time, so that the enlarged input of the convolution after it, the largest tensor of a
// level, never exists whole.
constexpr std::int64_t kEnlargedBytes = std::int64_t{16} << 20;

// Every pixel becomes 2×2: what nearest-exact interpolation by 2 gives.
Tensor enlarge(const Tensor& images)
{
    const std::int64_t count = images.size(0), height = images.size(1), width = images.size(2), channels = images.size(3);
    return images.view({count, height, 1, width, 1, channels})
        .expand({count, height, 2, width, 2, channels})
        .reshape({count, 2 * height, 2 * width, channels});
}

}  // namespace

void VaeResidualBlock::declare(const nn::Declare& declare, std::int64_t in_channels, std::int64_t out_channels)
{
    norm1.declare(declare.at("norm1"), in_channels, 3);
    conv1.declare(declare.at("conv1"), in_channels, out_channels);
    norm2.declare(declare.at("norm2"), out_channels, 3);
    conv2.declare(declare.at("conv2"), out_channels, out_channels);
    if (in_channels != out_channels) {
        conv_shortcut.emplace().declare(declare.at("conv_shortcut"), in_channels, out_channels, 3);
    }
}

Tensor VaeResidualBlock::forward(Tensor x, Past& past) const
{
    Tensor sum;
    Tensor hidden;
    if (conv_shortcut) {
        sum = conv_shortcut->forward(x);
        norm1.normalize_and_silu_(x);
        hidden = std::move(x);
    } else {
        hidden = norm1.normalize_and_silu(x);
        sum = std::move(x);
    }
    hidden = conv1.forward(hidden, past.conv1);
    norm2.normalize_and_silu_(hidden);
    conv2.add_to(sum, hidden, past.conv2);
    return sum;
}

void VaeAttentionBlock::declare(const nn::Declare& declare, std::int64_t channels)
{
    norm.declare(declare.at("norm"), channels, 2);
    to_qkv.declare(declare.at("to_qkv"), channels, 3 * channels, 2);
    proj.declare(declare.at("proj"), channels, channels, 2);
}

Tensor VaeAttentionBlock::forward(Tensor x) const
{
    const std::int64_t channels = x.size(-1);
    Tensor qkv = to_qkv.forward(norm.forward(x));        // [frames, batch, height, width, 3 · channels]
    qkv = qkv.flatten(0, 1).flatten(1, 2).unsqueeze(2);  // [frames · batch, positions, 1, 3 · channels]
    const auto parts = qkv.split(channels, -1);
    const Tensor attended = nn::attention(parts[0], parts[1], parts[2]);  // [frames · batch, positions, 1, channels]
    x.add_(proj.forward(attended).view_as(x));
    return x;
}

void VaeMidBlock::declare(const nn::Declare& declare, std::int64_t channels)
{
    attentions[0].declare(declare.at("attentions.0"), channels);
    for (int i = 0; i < 2; ++i) resnets[i].declare(declare.at("resnets." + std::to_string(i)), channels, channels);
}

Tensor VaeMidBlock::forward(Tensor x, Past& past) const
{
    x = resnets[0].forward(std::move(x), past.resnets[0]);
    x = attentions[0].forward(std::move(x));
    return resnets[1].forward(std::move(x), past.resnets[1]);
}

void VaeUpsampler::declare(const nn::Declare& declare, std::int64_t in_channels, std::int64_t out_channels)
{
    resample_1.declare(declare.at("resample.1"), in_channels, out_channels, 3);
    if (time_conv) time_conv->declare(declare.at("time_conv"), in_channels);
}

Tensor VaeUpsampler::forward(Tensor x, nn::CausalHistory& past, ChunkPosition position) const
{
    if (time_conv && position == ChunkPosition::Later) x = time_conv->forward(x, past);
    const std::int64_t frames = x.size(0), batch = x.size(1), height = x.size(2), width = x.size(3), channels = x.size(4);
    const Tensor images = x.flatten(0, 1);  // [frames · batch, height, width, channels]
    const std::int64_t image_bytes = 4 * height * width * channels * x.element_size();
    const std::int64_t at_once = std::clamp<std::int64_t>(kEnlargedBytes / image_bytes, 1, images.size(0));
    const std::int64_t out_channels = resample_1.bias.value.size(0);
    Tensor result = at::empty({images.size(0), 2 * height, 2 * width, out_channels}, x.options());
    for (std::int64_t first = 0; first < images.size(0); first += at_once) {
        const std::int64_t count = std::min(at_once, images.size(0) - first);
        Tensor target = result.narrow(0, first, count);
        resample_1.forward_to(target, enlarge(images.narrow(0, first, count)));
    }
    return result.view({frames, batch, 2 * height, 2 * width, out_channels});
}

std::int64_t VaeUpBlock::Past::size_bytes() const
{
    std::int64_t total = upsampler.size_bytes();
    for (const VaeResidualBlock::Past& past : resnets) total += past.size_bytes();
    return total;
}

std::int64_t VaeUpBlock::Past::parked_bytes() const
{
    std::int64_t total = upsampler.parked_bytes();
    for (const VaeResidualBlock::Past& past : resnets) total += past.parked_bytes();
    return total;
}

void VaeUpBlock::declare(const nn::Declare& declare, const Shape& shape)
{
    resnets.resize(std::size_t(shape.block_count));
    for (std::size_t i = 0; i < resnets.size(); ++i) {
        resnets[i].declare(declare.at("resnets." + std::to_string(i)), i == 0 ? shape.in_channels : shape.out_channels,
                           shape.out_channels);
    }
    shortcut = shape.shortcut;
    if (shape.step == Step::None) return;
    upsampler.emplace();
    if (shape.step == Step::SpaceAndTime) upsampler->time_conv.emplace();
    upsampler->declare(declare.at(shape.step_key), shape.out_channels, shape.step_channels);
}

VaeUpBlock::Past VaeUpBlock::new_past(nn::CausalHistory::Place place) const
{
    return {std::vector<VaeResidualBlock::Past>(resnets.size(), VaeResidualBlock::Past(place)), nn::CausalHistory(place)};
}

VaeUpBlock::Rows VaeUpBlock::new_rows() const
{
    return {std::vector<RowCarry>(resnets.size(), RowCarry(VaeResidualBlock::kReach)),
            RowCarry(VaeUpsampler::kReach, VaeUpsampler::kScale), RowQueue()};
}

std::int64_t VaeUpBlock::delay_after(std::int64_t rows) const
{
    rows += VaeResidualBlock::kReach * std::int64_t(resnets.size());
    return upsampler ? VaeUpsampler::kScale * (rows + VaeUpsampler::kReach) : rows;
}

Tensor VaeUpBlock::forward(Tensor x, Past& past, ChunkPosition position, Rows& rows, BandEnd end) const
{
    if (shortcut) rows.shortcut.add(x);
    for (std::size_t i = 0; i < resnets.size(); ++i) {
        x = rows.resnets[i].join(std::move(x), end);
        x = resnets[i].forward(std::move(x), past.resnets[i]);
        x = rows.resnets[i].cut(x);
    }
    if (!upsampler) return x;
    x = rows.upsampler.join(std::move(x), end);
    x = upsampler->forward(std::move(x), past.upsampler, position);
    x = rows.upsampler.cut(x);
    if (shortcut) shortcut->add_to(x, rows.shortcut.take(x.size(2) / VaeUpsampler::kScale));
    return x;
}

}  // namespace headroom::models::wan

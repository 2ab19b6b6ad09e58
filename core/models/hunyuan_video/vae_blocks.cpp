#include "core/models/hunyuan_video/vae_blocks.h"

#include <string>
#include <utility>

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include "core/base/cancel.h"
#include "core/nn/attention.h"
#include "core/tensor/dry_run.h"

namespace headroom::models::hunyuan_video {

namespace {

constexpr double kEps = 1e-6;

Tensor& at_index(Frames& frames, std::int64_t index)
{
    return frames[std::size_t(index)];
}

void put(Frames& into, FrameRange range, Frames part)
{
    for (std::int64_t i = 0; i < range.count; ++i) at_index(into, range.first + i) = std::move(at_index(part, i));
}

}  // namespace

void VaeResnet::declare(const nn::Declare& declare, std::int64_t in_channels, std::int64_t out_channels, std::int64_t groups)
{
    norm1.declare(declare.at("norm1"), in_channels, groups, kEps);
    conv1.declare(declare.at("conv1"), in_channels, out_channels);
    norm2.declare(declare.at("norm2"), out_channels, groups, kEps);
    conv2.declare(declare.at("conv2"), out_channels, out_channels);
    if (in_channels != out_channels) {
        conv_shortcut.emplace().declare(declare.at("conv_shortcut").at("conv"), in_channels, out_channels, 3);
    }
}

Result<void> VaeResnet::forward(Frames& x, const BlockRun& run) const
{
    TRY(check_not_cancelled(run.stop));
    const Frames hidden = first_half(x, run.bands);
    TRY(check_not_cancelled(run.stop));
    ConvInBands(conv2, normalised(hidden, norm2.map(statistics_of(hidden))), run.bands).add_to(x);
    return {};
}

// conv1 of x; x itself becomes the shortcut.
Frames VaeResnet::first_half(Frames& x, std::int64_t bands) const
{
    const ConvInBands conv(conv1, normalised(x, norm1.map(statistics_of(x))), bands);
    if (!conv_shortcut) return conv.compute();
    Frames hidden(x.size());
    for (const FrameRange& range : ranges_from_the_end(std::int64_t(x.size()))) {
        put(hidden, range, conv.compute(range));
        for (std::int64_t i = range.first; i < range.first + range.count; ++i)
            at_index(x, i) = conv_shortcut->forward(at_index(x, i));
    }
    return hidden;
}

void VaeAttention::declare(const nn::Declare& declare, std::int64_t channels, std::int64_t groups)
{
    group_norm.declare(declare.at("group_norm"), channels, groups, kEps);
    to_q.declare(declare.at("to_q"), channels, channels);
    to_k.declare(declare.at("to_k"), channels, channels);
    to_v.declare(declare.at("to_v"), channels, channels);
    to_out_0.declare(declare.at("to_out.0"), channels, channels);
}

Result<void> VaeAttention::forward(Frames& x, const BlockRun& run) const
{
    const nn::ChannelMap map = group_norm.map(statistics_of(x));
    const Tensor& first = x.front();
    const std::int64_t batch = first.size(0), positions = first.size(1) * first.size(2), channels = first.size(3);
    const std::int64_t tokens = std::int64_t(x.size()) * positions;
    const Tensor keys = at::empty({batch, tokens, 1, channels}, first.options());
    const Tensor values = at::empty_like(keys);
    for (std::int64_t i = 0; i < std::int64_t(x.size()); ++i) {
        TRY(check_not_cancelled(run.stop));
        Tensor& frame = at_index(x, i);
        Tensor normed = at::empty_like(frame);
        map.apply(frame.unsqueeze(0), normed.unsqueeze(0), nn::ChannelMap::Then::Nothing);
        normed = normed.view({batch, positions, 1, channels});  // [batch, positions, heads, channels]
        keys.narrow(1, i * positions, positions).copy_(to_k.forward(normed));
        values.narrow(1, i * positions, positions).copy_(to_v.forward(normed));
        const Tensor queries = to_q.forward(normed);
        normed.reset();
        const std::int64_t seen = (i + 1) * positions;
        const Tensor mixed = nn::attention(queries, keys.narrow(1, 0, seen), values.narrow(1, 0, seen));
        frame.add_(to_out_0.forward(mixed).view(frame.sizes()));
    }
    return {};
}

void VaeMidBlock::declare(const nn::Declare& declare, const VaeConfig& config)
{
    const std::int64_t channels = config.block_out_channels.back();
    for (std::size_t i = 0; i < 2; ++i) {
        resnets[i].declare(declare.at("resnets." + std::to_string(i)), channels, channels, config.norm_num_groups);
    }
    if (config.mid_block_add_attention) attention.emplace().declare(declare.at("attentions.0"), channels, config.norm_num_groups);
}

Result<void> VaeMidBlock::forward(Frames& x, const BlockRun& run) const
{
    TRY(resnets[0].forward(x, run));
    if (attention) TRY(attention->forward(x, run));
    return resnets[1].forward(x, run);
}

void VaeLevel::declare(const nn::Declare& declare, const VaeConfig& config, std::int64_t in_channels, std::int64_t out_channels,
                       Way way, VaeConfig::Step after)
{
    resnets.resize(std::size_t(config.layers_per_block + (way == Way::ToPixels ? 1 : 0)));
    for (std::size_t i = 0; i < resnets.size(); ++i) {
        resnets[i].declare(declare.at("resnets." + std::to_string(i)), i == 0 ? in_channels : out_channels, out_channels,
                           config.norm_num_groups);
    }
    if (!after.in_time && !after.in_space) return;
    const std::int64_t time = after.in_time ? 2 : 1, space = after.in_space ? 2 : 1;
    if (way == Way::ToPixels) {
        enlargement = {space, after.in_time};
        step.emplace().declare(declare.at("upsamplers.0.conv"), out_channels, out_channels);
    } else {
        step.emplace().declare(declare.at("downsamplers.0.conv"), out_channels, out_channels, {time, space});
    }
}

Result<void> VaeLevel::forward(Frames& x, const BlockRun& run) const
{
    for (const VaeResnet& resnet : resnets) TRY(resnet.forward(x, run));
    if (!step) return {};
    TRY(check_not_cancelled(run.stop));
    const bool enlarges = enlargement.scale > 1 || enlargement.doubles_frames;
    x = enlarges ? enlarged_step(x, run.bands) : reduced_step(x, run.bands);
    return {};
}

Frames VaeLevel::enlarged_step(Frames& x, std::int64_t bands) const
{
    const ConvInBands conv(*step, enlarged(x, enlargement), bands);
    Frames result(std::size_t(conv.frames()));
    for (const FrameRange& range : ranges_from_the_end(conv.frames())) {
        put(result, range, conv.compute(range));
        x.resize(range.first == 0 ? 0 : std::size_t(enlargement.source(range.first - 1)) + 1);
    }
    return result;
}

Frames VaeLevel::reduced_step(Frames& x, std::int64_t bands) const
{
    const ConvInBands conv(*step, as_they_are(x), bands);
    Frames result(std::size_t(conv.frames()));
    for (const FrameRange& range : ranges_from_the_end(conv.frames())) {
        put(result, range, conv.compute(range));
        x.resize(range.first == 0 ? 0 : std::size_t(step->strides.time * (range.first - 1)) + 1);
    }
    return result;
}

void VaeHead::declare(const nn::Declare& declare, const VaeConfig& config, std::int64_t in_channels, std::int64_t out_channels)
{
    conv_norm_out.declare(declare.at("conv_norm_out"), in_channels, config.norm_num_groups, kEps);
    conv_out.declare(declare.at("conv_out"), in_channels, out_channels);
}

Tensor VaeHead::forward(const Frames& x, std::int64_t bands) const
{
    const ConvInBands conv(conv_out, normalised(x, conv_norm_out.map(statistics_of(x))), bands);
    const Tensor& frame = x.front();
    Tensor result = at::empty(
        {std::int64_t(x.size()), frame.size(0), frame.size(1), frame.size(2), conv_out.weight.value.size(0)}, frame.options());
    conv.write_to(result);
    return result;
}

}  // namespace headroom::models::hunyuan_video

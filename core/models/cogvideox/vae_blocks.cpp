#include "core/models/cogvideox/vae_blocks.h"

#include <string>
#include <utility>

#include "core/base/cancel.h"
#include "core/tensor/dry_run.h"

namespace headroom::models::cogvideox {

namespace {

constexpr double kConditionedEps = 1e-6;

// Beside each position's own: [1, batch, 1, 1, channels].
Tensor for_positions(const Tensor& of_channels)
{
    return of_channels.unsqueeze(1).unsqueeze(1).unsqueeze(0);
}

}  // namespace

void VaeNorm::declare(const nn::Declare& declare, std::int64_t channels, std::int64_t groups, double eps,
                      std::int64_t latent_channels)
{
    if (latent_channels == 0) {
        norm.declare(declare, channels, groups, eps);
        return;
    }
    norm.declare(declare.at("norm_layer"), channels, groups, kConditionedEps);
    conditioning.emplace();
    conditioning->conv_y.declare(declare.at("conv_y").at("conv"), latent_channels, channels, 3);
    conditioning->conv_b.declare(declare.at("conv_b").at("conv"), latent_channels, channels, 3);
}

LayerInput VaeNorm::of(const Frames& x, const Tensor& latents) const
{
    nn::ChannelMap map = norm.map(statistics_of(x));
    if (!conditioning) return normalised(x, std::move(map));
    // (x · s + t) · y + b = x · (s · y) + (t · y + b)
    LatentMap by_latents{conditioning->conv_y.forward(latents).to(at::kFloat), {}};
    by_latents.shift = by_latents.scale.mul(for_positions(map.shift));
    const Tensor added = conditioning->conv_b.forward(latents);
    by_latents.shift.add_(as_operand(added, at::kFloat));
    by_latents.scale.mul_(for_positions(map.scale));
    return conditioned(x, std::move(by_latents));
}

void VaeResidualBlock::declare(const nn::Declare& declare, std::int64_t in_channels, std::int64_t out_channels,
                               const VaeConfig& config, std::int64_t latent_channels)
{
    norm1.declare(declare.at("norm1"), in_channels, config.norm_num_groups, config.norm_eps, latent_channels);
    conv1.declare(declare.at("conv1"), in_channels, out_channels);
    norm2.declare(declare.at("norm2"), out_channels, config.norm_num_groups, config.norm_eps, latent_channels);
    conv2.declare(declare.at("conv2"), out_channels, out_channels);
    if (in_channels == out_channels) return;
    conv_shortcut.emplace();
    conv_shortcut->declare(declare.at("conv_shortcut"), in_channels, out_channels, 3);
}

Result<void> VaeResidualBlock::forward(Frames& x, Past& past, const BlockRun& run) const
{
    TRY(check_not_cancelled(run.stop));
    Frames inner = BandedConv(conv1, norm1.of(x, run.latents), run.bands, past.conv1, run.keep).compute();
    TRY(check_not_cancelled(run.stop));
    if (conv_shortcut) {
        for (Tensor& frame : x) frame = conv_shortcut->forward(frame);
    }
    BandedConv(conv2, norm2.of(inner, run.latents), run.bands, past.conv2, run.keep).add_to(x);
    return {};
}

void VaeStep::declare(const nn::Declare& declare, std::int64_t channels, Way direction, bool with_frames)
{
    way = direction;
    changes_frames = with_frames;
    const bool is_up = way == Way::ToPixels;
    conv.declare(declare.at(is_up ? "upsamplers.0" : "downsamplers.0"), channels, channels,
                 is_up ? PictureConv::Size::Kept : PictureConv::Size::Halved);
}

Result<void> VaeStep::forward(Frames& x, const BlockRun& run) const
{
    return way == Way::ToPixels ? enlarge(x, run) : reduce(x, run);
}

// Both frames that one becomes have the same pixels, which are computed once.
Result<void> VaeStep::enlarge(Frames& x, const BlockRun& run) const
{
    const std::size_t count = x.size();
    const bool doubles = changes_frames && count > 1, first_stays = count % 2 == 1;
    BandedConv steps(conv, enlarged(x), run.bands);
    Frames result;
    for (std::size_t i = 0; i < count; ++i) {
        TRY(check_not_cancelled(run.stop));
        result.push_back(steps.compute_frame(std::int64_t(i)));
        x[i].reset();
        if (doubles && !(i == 0 && first_stays)) result.push_back(result.back().clone());
    }
    x = std::move(result);
    return {};
}

Result<void> VaeStep::reduce(Frames& x, const BlockRun& run) const
{
    const LayerInput input = changes_frames ? halved_in_time(x) : as_they_are(x);
    BandedConv steps(conv, input, run.bands);
    Frames result;
    std::size_t used = 0;
    for (std::int64_t i = 0; i < input.frames; ++i) {
        TRY(check_not_cancelled(run.stop));
        result.push_back(steps.compute_frame(i));
        const bool is_pair = changes_frames && !(i == 0 && x.size() % 2 == 1);
        for (int sources = is_pair ? 2 : 1; sources > 0; --sources) x[used++].reset();
    }
    x = std::move(result);
    return {};
}

void VaeLevel::declare(const nn::Declare& declare, const Shape& shape, const VaeConfig& config)
{
    resnets.resize(std::size_t(shape.block_count));
    std::int64_t in_channels = shape.in_channels;
    for (std::size_t i = 0; i < resnets.size(); ++i) {
        resnets[i].declare(declare.at("resnets." + std::to_string(i)), in_channels, shape.out_channels, config,
                           shape.latent_channels);
        in_channels = shape.out_channels;
    }
}

Result<void> VaeLevel::forward(Frames& x, Past& past, const BlockRun& run) const
{
    for (std::size_t i = 0; i < resnets.size(); ++i) TRY(resnets[i].forward(x, past.resnets[i], run));
    if (step) TRY(step->forward(x, run));
    return {};
}

std::int64_t VaeLevel::Past::size_bytes() const
{
    std::int64_t total = 0;
    for (const VaeResidualBlock::Past& past : resnets) total += past.conv1.size_bytes() + past.conv2.size_bytes();
    return total;
}

std::int64_t VaeLevel::Past::parked_bytes() const
{
    std::int64_t total = 0;
    for (const VaeResidualBlock::Past& past : resnets) total += past.conv1.parked_bytes() + past.conv2.parked_bytes();
    return total;
}

}  // namespace headroom::models::cogvideox

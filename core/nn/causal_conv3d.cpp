#include "core/nn/causal_conv3d.h"

#include <algorithm>

#include <ATen/ops/addmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include "core/nn/conv2d.h"
#include "core/nn/conv3d.h"
#include "core/tensor/dry_run.h"

namespace headroom::nn {

namespace {

// Why taps on the CPU. Best milliseconds of one 3×3×3 convolution with a past of 2 frames, LibTorch 2.11, fp32, 2 cores
// of an AVX2 machine that were shared with other work:
//
//   channels, size, frames    at::conv3d of the joined input   oneDNN's conv3d of the joined input   taps adding in place
//   32→32, 12×12, 1                      11.17                            0.12                             0.28
//   16→16, 48×48, 4                      11.72                            0.77                             1.07
//   8→3, 96×96, 4                        37.39                            1.15                             1.54
//   192→192, 64×64, 4                      591                             624                              405
//   96→96, 128×128, 4                      372                             380                              399
//
// at::conv3d unfolds small inputs (27 times their size). oneDNN's conv3d equals the taps in speed, but needs past and
// chunk joined in a copy, and gives a result of its own where the taps add to the shortcut. The taps also skip the
// zeros before the first frame, two thirds of its work.
constexpr std::int64_t kTaps = 3;

bool is_half(const Tensor& x)
{
    return x.scalar_type() == at::kHalf || x.scalar_type() == at::kBFloat16;
}

Tensor as_images(const Tensor& frames)
{
    return frames.flatten(0, 1);  // [frames · batch, height, width, channels]
}

// Calls visit(tap, first, source) for each part of the past and the chunk that a tap sees: `source` holds consecutive
// frames, the first of which counts for frame `first` of the result. The newest tap, which sees the whole chunk, comes
// first.
template <typename Visit>
void for_each_tap(const Tensor& x, const CausalHistory& history, const Visit& visit)
{
    const std::int64_t frames = x.size(0);
    const Tensor past = history.tail();
    for (std::int64_t delay = 0; delay < kTaps; ++delay) {
        const std::int64_t tap = kTaps - 1 - delay;
        if (delay < frames) visit(tap, delay, x.narrow(0, 0, frames - delay));
        const std::int64_t first = std::max<std::int64_t>(0, delay - history.frames());
        const std::int64_t count = std::min(delay, frames) - first;
        if (count > 0) visit(tap, first, past.narrow(0, history.frames() - delay + first, count));
    }
}

// Adds the taps to sum; when sum is undefined the newest tap becomes it.
void add_taps(Tensor& sum, const Tensor& x, const Tensor& weight, const Tensor& bias, const CausalHistory& history)
{
    // A transposition that LibTorch does fast (the whole permutation at once takes four times as long); a tap of it is
    // nearly dense.
    const std::int64_t width = weight.size(3);
    const Tensor taps = weight.flatten(2).transpose(1, 2).contiguous();  // [out, tap · k · k, in]
    for_each_tap(x, history, [&](std::int64_t tap, std::int64_t first, const Tensor& frames) {
        const Tensor source = as_images(frames.to(taps.scalar_type()));
        const Tensor tap_weight = taps.narrow(1, tap * width * width, width * width)
                                      .unflatten(1, {width, width})
                                      .permute({0, 3, 1, 2});  // [out, in, k, k]
        const bool is_newest = tap == kTaps - 1;
        if (!sum.defined()) {
            sum = conv2d_same(source, tap_weight, bias).unflatten(0, {x.size(0), x.size(1)});
            return;
        }
        Tensor target = as_images(sum.narrow(0, first, frames.size(0)));
        add_conv2d_same(target, source, tap_weight, is_newest ? bias : Tensor());
    });
}

Tensor joined_with_past(const Tensor& x, const CausalHistory& history)
{
    std::vector<std::int64_t> missing_shape = x.sizes().vec();
    missing_shape[0] = CausalHistory::kFrames - history.frames();
    const Tensor missing = at::zeros(missing_shape, x.options());
    return history.frames() == 0 ? at::cat({missing, x})
                                 : at::cat({missing, history.tail(), x});  // [2 + frames, batch, height, width, channels]
}

Tensor frame_doubling_by_taps(const Tensor& x, const Tensor& weight, const Tensor& bias, const CausalHistory& history)
{
    const std::int64_t channels = x.size(-1);
    const std::int64_t frames = x.size(0);
    const Tensor taps = weight.flatten(2).permute({2, 1, 0}).contiguous();  // [tap, in, 2 · out]
    Tensor doubled = at::empty({frames, 2, x.numel() / frames / channels, channels},
                               x.options());  // [frames, half, positions, channels]
    for_each_tap(x, history, [&](std::int64_t tap, std::int64_t first, const Tensor& sources) {
        for (std::int64_t i = 0; i < sources.size(0); ++i) {
            const Tensor source = sources[i].reshape({-1, channels}).to(x.scalar_type());
            count_product(double(source.size(0)), double(channels), 2.0 * double(channels));
            for (std::int64_t half = 0; half < 2; ++half) {
                Tensor target = doubled[first + i][half];
                const Tensor tap_weight = taps[tap].narrow(1, half * channels, channels);
                if (tap == kTaps - 1) {
                    at::addmm_out(target, bias.narrow(0, half * channels, channels), source, tap_weight);
                } else {
                    target.addmm_(source, tap_weight);
                }
            }
        }
    });
    return doubled.view({2 * frames, x.size(1), x.size(2), x.size(3), channels});
}

}  // namespace

Tensor CausalHistory::tail() const
{
    if (m_frames == 0) return {};
    return m_buffer.defined() ? m_buffer.narrow(0, kFrames - m_frames, m_frames) : m_parked.fetch(m_frames);
}

void CausalHistory::push(const Tensor& chunk)
{
    const std::int64_t frames = std::min(kFrames, m_frames + chunk.size(0));
    if (m_place == Place::Host && !chunk.is_cpu()) {
        m_parked.push(chunk);
        m_frames = frames;
        return;
    }
    if (!m_buffer.defined()) {
        std::vector<std::int64_t> shape = chunk.sizes().vec();
        shape[0] = kFrames;
        m_buffer = at::empty(shape, chunk.options());
    }
    if (chunk.size(0) >= kFrames) {
        m_buffer.copy_(chunk.narrow(0, chunk.size(0) - kFrames, kFrames));
    } else {
        m_buffer[0].copy_(m_buffer[1]);
        m_buffer[1].copy_(chunk[0]);
    }
    m_frames = frames;
}

std::int64_t CausalHistory::size_bytes() const
{
    return m_buffer.defined() ? std::int64_t(m_buffer.nbytes()) : m_parked.size_bytes();
}

Tensor causal_conv3d_by_taps(const Tensor& x, const Tensor& weight, const Tensor& bias, const CausalHistory& history)
{
    Tensor sum;
    if (!is_half(x)) {
        add_taps(sum, x, weight, bias, history);
        return sum;
    }
    add_taps(sum, x, weight.to(at::kFloat), bias.to(at::kFloat), history);
    return sum.to(x.scalar_type());
}

Tensor causal_conv3d_joined(const Tensor& x, const Tensor& weight, const Tensor& bias, const CausalHistory& history)
{
    return conv3d(joined_with_past(x, history), weight, bias, {}, weight.size(3) / 2);
}

Tensor causal_conv3d(const Tensor& x, const Tensor& weight, const Tensor& bias, CausalHistory& history)
{
    Tensor result =
        computes_on_cpu(x) ? causal_conv3d_by_taps(x, weight, bias, history) : causal_conv3d_joined(x, weight, bias, history);
    history.push(x);
    return result;
}

void add_causal_conv3d(Tensor& sum, const Tensor& x, const Tensor& weight, const Tensor& bias, CausalHistory& history)
{
    if (computes_on_cpu(x) && !is_half(x)) {
        add_taps(sum, x, weight, bias, history);
        history.push(x);
    } else {
        sum.add_(causal_conv3d(x, weight, bias, history));
    }
}

void CausalConv3d::declare(const Declare& declare, std::int64_t in_channels, std::int64_t out_channels)
{
    declare(weight, "weight", {out_channels, in_channels, kTaps, 3, 3});
    declare(bias, "bias", {out_channels});
}

Tensor CausalConv3d::forward(const Tensor& x, CausalHistory& history) const
{
    return causal_conv3d(x, weight.value, bias.value, history);
}

void CausalConv3d::add_to(Tensor& sum, const Tensor& x, CausalHistory& history) const
{
    add_causal_conv3d(sum, x, weight.value, bias.value, history);
}

void FrameDoublingConv::declare(const Declare& declare, std::int64_t channels)
{
    declare(weight, "weight", {2 * channels, channels, kTaps, 1, 1});
    declare(bias, "bias", {2 * channels});
}

Tensor FrameDoublingConv::forward(const Tensor& x, CausalHistory& history) const
{
    Tensor doubled;
    if (!computes_on_cpu(x)) {
        const std::int64_t channels = x.size(-1);
        doubled = causal_conv3d_joined(x, weight.value, bias.value, history)
                      .unflatten(-1, {2, channels})
                      .permute({0, 4, 1, 2, 3, 5})  // [frames, half, batch, height, width, channels]
                      .flatten(0, 1);
    } else if (is_half(x)) {
        doubled = frame_doubling_by_taps(x.to(at::kFloat), weight.value.to(at::kFloat), bias.value.to(at::kFloat), history)
                      .to(x.scalar_type());
    } else {
        doubled = frame_doubling_by_taps(x, weight.value, bias.value, history);
    }
    history.push(x);
    return doubled;
}

}  // namespace headroom::nn

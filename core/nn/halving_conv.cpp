#include "core/nn/halving_conv.h"

#include <algorithm>

#include <ATen/Context.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mkldnn_convolution.h>

#include "core/nn/dry_convolution.h"
#include "core/tensor/dry_run.h"

namespace headroom::nn {

namespace {

constexpr std::int64_t kTaps = 3;
// Images are taken a few at a time, so that what a convolution makes of its input (a copy in float32, an unfolding) stays
// small beside the input.
constexpr std::int64_t kImagesBytes = std::int64_t{16} << 20;

// Zeros before the first row and column of the kernel: with one row and column of zeros around the image, which a
// convolution adds without a copy, it sees what a 3×3 kernel sees with zeros at the bottom and right alone.
Tensor with_blind_edge(const Tensor& weight)
{
    return at::constant_pad_nd(weight, {1, 0, 1, 0}).contiguous(at::MemoryFormat::ChannelsLast);  // [out, in, 4, 4]
}

// images: [images, height, width, in] → [images, height / 2, width / 2, out].
Tensor halved(const Tensor& images, const Tensor& weight, const Tensor& bias)
{
    const std::int64_t height = images.size(1) / 2, width = images.size(2) / 2;
    count_convolution(images.narrow(1, 0, height).narrow(2, 0, width), weight);
    if (images.is_meta()) return at::empty({images.size(0), height, width, weight.size(0)}, images.options());
    const Tensor channels_first = images.permute({0, 3, 1, 2});
    const bool takes_onednn = images.is_cpu() && images.scalar_type() == at::kFloat && at::globalContext().hasMKLDNN();
    const Tensor result = takes_onednn ? at::mkldnn_convolution(channels_first, weight, bias, {1, 1}, {2, 2}, {1, 1}, 1)
                                       : at::conv2d(channels_first, weight, bias, {2, 2}, {1, 1});
    return result.permute({0, 2, 3, 1});
}

bool is_half_on_cpu(const Tensor& x)
{
    return computes_on_cpu(x) && (x.scalar_type() == at::kHalf || x.scalar_type() == at::kBFloat16);
}

}  // namespace

void HalvingConv2d::declare(const Declare& declare, std::int64_t in_channels, std::int64_t out_channels)
{
    declare(weight, "weight", {out_channels, in_channels, 3, 3});
    declare(bias, "bias", {out_channels});
}

Tensor HalvingConv2d::forward(const Tensor& x) const
{
    const auto compute = is_half_on_cpu(x) ? at::kFloat : x.scalar_type();
    const Tensor kernel = with_blind_edge(weight.value.to(compute));
    const Tensor offset = bias.value.to(compute);
    const std::int64_t images = x.size(0);
    Tensor result = at::empty({images, x.size(1) / 2, x.size(2) / 2, kernel.size(0)}, x.options());
    const std::int64_t image_bytes = std::max<std::int64_t>(1, x.numel() / images * std::int64_t(x.element_size()));
    const std::int64_t at_once = std::clamp<std::int64_t>(kImagesBytes / image_bytes, 1, images);
    for (std::int64_t first = 0; first < images; first += at_once) {
        const std::int64_t count = std::min(at_once, images - first);
        result.narrow(0, first, count).copy_(halved(x.narrow(0, first, count).to(compute), kernel, offset));
    }
    return result;
}

void FrameHalvingConv::declare(const Declare& declare, std::int64_t channels)
{
    declare(weight, "weight", {channels, channels, kTaps, 1, 1});
    declare(bias, "bias", {channels});
}

Tensor FrameHalvingConv::forward(Tensor x, CausalHistory& past) const
{
    if (past.frames() == 0) {
        past.push(x);
        return x;
    }
    const std::int64_t channels = x.size(-1);
    const Tensor taps = weight.value.flatten(2).permute({2, 1, 0}).reshape({kTaps * channels, channels});  // [tap · in, out]
    Tensor result = at::empty({x.size(0) / 2, x.size(1), x.size(2), x.size(3), channels}, x.options());
    const Tensor tail = past.tail();
    for (std::int64_t i = 0; i < result.size(0); ++i) {
        const Tensor before = i == 0 ? tail[tail.size(0) - 1] : x[2 * i - 1];
        const Tensor seen = at::cat({before, x[2 * i], x[2 * i + 1]}, -1);  // [batch, height, width, 3 · channels]
        Tensor target = result[i].view({-1, channels});
        count_product(double(target.size(0)), double(kTaps * channels), double(channels));
        at::addmm_out(target, bias.value, seen.view({-1, kTaps * channels}), taps);
    }
    past.push(x);
    return result;
}

}  // namespace headroom::nn

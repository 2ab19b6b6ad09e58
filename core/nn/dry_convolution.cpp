#include "core/nn/dry_convolution.h"

#include <ATen/ops/empty.h>

#include "core/tensor/dry_run.h"

namespace headroom::nn {

namespace {

// oneDNN orders a weight by blocks of channels, 8 with AVX2 and 16 with AVX-512, and asks LibTorch for this scratch besides.
constexpr std::int64_t kBlock = 16;
constexpr std::int64_t kScratchBytes = 12336;

std::int64_t blocked(std::int64_t channels)
{
    return (channels + kBlock - 1) / kBlock * kBlock;
}

}  // namespace

void dry_add_conv2d(const Tensor& x, const Tensor& weight)
{
    const Tensor dense_weight = weight.contiguous(at::MemoryFormat::ChannelsLast);
    if (!computes_on_cpu(x)) return;
    const Tensor blocked_weight =
        at::empty({blocked(weight.size(0)), blocked(weight.size(1)), weight.size(2), weight.size(3)}, weight.options());
    const Tensor scratch = at::empty({kScratchBytes}, x.options().dtype(at::kByte));
}

void count_convolution(const Tensor& x, const Tensor& weight)
{
    count_convolution(x.numel() / weight.size(1), weight);
}

void count_convolution(std::int64_t positions, const Tensor& weight)
{
    if (DryRun* run = DryRun::current()) run->count({.convolution_flops = 2.0 * double(positions) * double(weight.numel())});
}

}  // namespace headroom::nn

#include "core/nn/conv2d.h"

#include <optional>
#include <string_view>

#include <ATen/Context.h>
#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mkldnn_convolution.h>

#include "core/nn/dry_convolution.h"
#include "core/nn/linear.h"
#include "core/tensor/dry_run.h"

namespace headroom::nn {

namespace {

// LibTorch's convolution takes oneDNN only for larger inputs or with several threads; below that its own kernel unfolds
// the input. oneDNN asked for directly was never slower and needs no such copy.
bool takes_onednn(const Tensor& x)
{
    return computes_on_cpu(x) && x.scalar_type() == at::kFloat && at::globalContext().hasMKLDNN();
}

bool is_half_on_cpu(const Tensor& x)
{
    return computes_on_cpu(x) && (x.scalar_type() == at::kHalf || x.scalar_type() == at::kBFloat16);
}

std::optional<Tensor> given(const Tensor& tensor)
{
    return tensor.defined() ? std::optional<Tensor>(tensor) : std::nullopt;
}

// The shape LibTorch's convolutions speak of, over the same memory.
Tensor channels_first(const Tensor& images)
{
    return images.permute({0, 3, 1, 2});  // [images, channels, height, width]
}

Tensor channels_last(const Tensor& images)
{
    return images.permute({0, 2, 3, 1}).contiguous();  // [images, height, width, channels]
}

// Where the kernel goes: zeros around the images, and positions from one place of the kernel to the next.
struct Steps {
    std::int64_t padding = 0;
    std::int64_t stride = 1;

    std::int64_t places(std::int64_t positions, std::int64_t kernel) const
    {
        return (positions + 2 * padding - kernel) / stride + 1;
    }
};

Steps same_size(const Tensor& weight)
{
    return {weight.size(2) / 2, 1};
}

Tensor dry_conv(const Tensor& x, const Tensor& weight, const Steps& steps)
{
    const std::int64_t height = steps.places(x.size(1), weight.size(2)), width = steps.places(x.size(2), weight.size(3));
    const Tensor result = at::empty({x.size(0), height, width, weight.size(0)}, x.options());
    dry_add_conv2d(x, weight);
    return result;
}

Tensor onednn_conv(const Tensor& x, const Tensor& weight, const Tensor& bias, const Steps& steps)
{
    if (x.is_meta()) return channels_first(dry_conv(x, weight, steps));
    const Tensor dense_weight = weight.contiguous(at::MemoryFormat::ChannelsLast);
    return at::mkldnn_convolution(channels_first(x), dense_weight, given(bias), {steps.padding, steps.padding},
                                  {steps.stride, steps.stride}, {1, 1}, 1);
}

using AddConvolution = Tensor&(Tensor&, const Tensor&, const Tensor&, const std::optional<Tensor>&, at::IntArrayRef,
                               at::IntArrayRef, at::IntArrayRef, std::int64_t, std::string_view, std::optional<at::Scalar>,
                               std::optional<std::string_view>, c10::List<std::optional<at::Scalar>>,
                               std::optional<std::string_view>);

// oneDNN's convolution that adds to its output, which LibTorch registers for its compiler; nullopt in a build without
// it.
std::optional<c10::TypedOperatorHandle<AddConvolution>> find_add_convolution()
{
    const auto found = c10::Dispatcher::singleton().findSchema({"mkldnn::_convolution_pointwise_", "binary"});
    if (!found) return std::nullopt;
    return found->typed<AddConvolution>();
}

Tensor convolved(const Tensor& x, const Tensor& weight, const Tensor& bias, const Steps& steps)
{
    if (is_half_on_cpu(x)) {
        const Tensor wide_bias = bias.defined() ? bias.to(at::kFloat) : bias;
        return convolved(x.to(at::kFloat), weight.to(at::kFloat), wide_bias, steps).to(x.scalar_type());
    }
    count_convolution(x.size(0) * steps.places(x.size(1), weight.size(2)) * steps.places(x.size(2), weight.size(3)), weight);
    if (takes_onednn(x)) return channels_last(onednn_conv(x, weight, bias, steps));
    if (x.is_meta()) return dry_conv(x, weight, steps);
    return channels_last(
        at::conv2d(channels_first(x), weight, given(bias), {steps.stride, steps.stride}, {steps.padding, steps.padding}));
}

void add_convolved(Tensor& sum, const Tensor& x, const Tensor& weight, const Tensor& bias, const Steps& steps)
{
    const auto add_convolution = takes_onednn(x) ? find_add_convolution() : std::nullopt;
    if (!add_convolution) {
        sum.add_(convolved(x, weight, bias, steps));
        return;
    }
    count_convolution(x.size(0) * sum.size(1) * sum.size(2), weight);
    if (x.is_meta()) return dry_add_conv2d(x, weight);
    const Tensor dense_weight = weight.contiguous(at::MemoryFormat::ChannelsLast);
    Tensor sum_view = channels_first(sum);
    add_convolution->call(sum_view, channels_first(x), dense_weight, given(bias), {steps.padding, steps.padding},
                          {steps.stride, steps.stride}, {1, 1}, 1, "add", at::Scalar(1), std::nullopt,
                          c10::List<std::optional<at::Scalar>>(), std::nullopt);
}

}  // namespace

Tensor conv2d_same(const Tensor& x, const Tensor& weight, const Tensor& bias)
{
    return convolved(x, weight, bias, same_size(weight));
}

void add_conv2d_same(Tensor& sum, const Tensor& x, const Tensor& weight, const Tensor& bias)
{
    add_convolved(sum, x, weight, bias, same_size(weight));
}

Tensor conv2d_inside(const Tensor& x, const Tensor& weight, const Tensor& bias, std::int64_t stride)
{
    return convolved(x, weight, bias, {0, stride});
}

void add_conv2d_inside(Tensor& sum, const Tensor& x, const Tensor& weight, std::int64_t stride)
{
    add_convolved(sum, x, weight, {}, {0, stride});
}

void Conv2d::declare(const Declare& declare, std::int64_t in_channels, std::int64_t out_channels, std::int64_t kernel_width)
{
    declare(weight, "weight", {out_channels, in_channels, kernel_width, kernel_width});
    declare(bias, "bias", {out_channels});
}

Tensor Conv2d::forward(const Tensor& x) const
{
    return conv2d_same(x, weight.value, bias.value);
}

void Conv2d::forward_to(Tensor& out, const Tensor& x) const
{
    if (!takes_onednn(x)) {
        out.copy_(forward(x));
        return;
    }
    out.zero_();
    add_conv2d_same(out, x, weight.value, bias.value);
}

void PointwiseConv::declare(const Declare& declare, std::int64_t in_channels, std::int64_t out_channels, int dimensions)
{
    std::vector<std::int64_t> shape{out_channels, in_channels};
    shape.resize(std::size_t(2 + dimensions), 1);
    declare(weight, "weight", std::move(shape));
    declare(bias, "bias", {out_channels});
}

Tensor PointwiseConv::forward(const Tensor& x) const
{
    return linear(x, weight.value.flatten(1), bias.value);
}

}  // namespace headroom::nn

#include "core/nn/channel_rms_norm.h"

#include <cmath>

#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/silu.h>

namespace headroom::nn {

namespace {

constexpr double kSmallestLength = 1e-12;

// sqrt(channels) / max(|x|, 1e-12): [..., 1] in float32.
Tensor scale_to_unit_rms(const Tensor& x)
{
    const double root = std::sqrt(double(x.size(-1)));
    return at::linalg_vector_norm(x, 2, at::IntArrayRef{-1}, /*keepdim=*/true, at::kFloat)
        .clamp_min_(kSmallestLength)
        .reciprocal_()
        .mul_(root);
}

}  // namespace

void ChannelRmsNorm::declare(const Declare& declare, std::int64_t channels, int dimensions)
{
    std::vector<std::int64_t> shape{channels};
    shape.resize(std::size_t(1 + dimensions), 1);
    declare(gamma, "gamma", std::move(shape));
}

Tensor ChannelRmsNorm::forward(const Tensor& x) const
{
    return at::mul(x, scale_to_unit_rms(x)).mul_(gamma.value.flatten()).to(x.scalar_type());
}

Tensor ChannelRmsNorm::normalize_and_silu(const Tensor& x) const
{
    Tensor result = forward(x);
    return at::silu_(result);
}

void ChannelRmsNorm::normalize_and_silu_(Tensor& x) const
{
    if (x.scalar_type() == at::kFloat) {
        x.mul_(scale_to_unit_rms(x)).mul_(gamma.value.flatten());
    } else {
        x.copy_(forward(x));
    }
    at::silu_(x);
}

}  // namespace headroom::nn

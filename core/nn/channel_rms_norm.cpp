#include "core/nn/channel_rms_norm.h"

#include <algorithm>
#include <cmath>

#include <ATen/ops/empty_like.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/silu.h>

#include "core/nn/row_chunks.h"
#include "core/tensor/dry_run.h"

namespace headroom::nn {

namespace {

constexpr double kSmallestLength = 1e-12;
// Half types are widened so many numbers at a time: as few as vanish beside the tensor, as many as keep a GPU busy.
constexpr std::int64_t kWidenedNumbers = std::int64_t{4} << 20;

// sqrt(channels) / max(|x|, 1e-12): [..., 1] in float32.
Tensor scale_to_unit_rms(const Tensor& x)
{
    const double root = std::sqrt(double(x.size(-1)));
    return at::linalg_vector_norm(x, 2, at::IntArrayRef{-1}, /*keepdim=*/true, at::kFloat)
        .clamp_min_(kSmallestLength)
        .reciprocal_()
        .mul_(root);
}

// Calls for parts of x, as rows of channels, and of a tensor like it: visit(rows of x, rows of the other).
template <typename Visit>
void for_each_part(const Tensor& x, const Tensor& other, const Visit& visit)
{
    const std::int64_t channels = x.size(-1);
    const Tensor rows = x.view({-1, channels}), other_rows = other.view({-1, channels});
    for_row_chunks(
        rows.size(0), std::max<std::int64_t>(1, kWidenedNumbers / channels),
        [&](std::int64_t first, std::int64_t count) { visit(rows.narrow(0, first, count), other_rows.narrow(0, first, count)); });
}

}  // namespace

void ChannelRmsNorm::declare(const Declare& declare, std::int64_t channels, int dimensions)
{
    std::vector<std::int64_t> shape{channels};
    shape.resize(std::size_t(1 + dimensions), 1);
    declare(gamma, "gamma", std::move(shape));
}

Tensor ChannelRmsNorm::widened(const Tensor& x) const
{
    const Tensor scale = scale_to_unit_rms(x);
    Tensor wide = x.to(at::kFloat, /*non_blocking=*/false, /*copy=*/true);
    return wide.mul_(scale).mul_(as_operand(gamma.value.flatten(), at::kFloat));
}

Tensor ChannelRmsNorm::forward(const Tensor& x) const
{
    count_moved(4.0 * double(x.nbytes()));
    if (x.scalar_type() == at::kFloat) return x.clone().mul_(scale_to_unit_rms(x)).mul_(gamma.value.flatten());
    Tensor result = at::empty_like(x);
    for_each_part(x, result, [&](const Tensor& from, const Tensor& to) { to.copy_(widened(from)); });
    return result;
}

Tensor ChannelRmsNorm::normalize_and_silu(const Tensor& x) const
{
    Tensor result = forward(x);
    return at::silu_(result);
}

void ChannelRmsNorm::normalize_and_silu_(Tensor& x) const
{
    if (x.scalar_type() == at::kFloat) {
        count_moved(4.0 * double(x.nbytes()));
        x.mul_(scale_to_unit_rms(x)).mul_(gamma.value.flatten());
    } else {
        count_moved(4.0 * double(x.nbytes()));
        for_each_part(x, x, [&](const Tensor& from, const Tensor& to) { to.copy_(widened(from)); });
    }
    at::silu_(x);
}

}  // namespace headroom::nn

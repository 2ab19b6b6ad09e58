#include "core/nn/group_norm.h"

#include <algorithm>

#include <ATen/ops/addcmul.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>

#include "core/tensor/dry_run.h"

namespace headroom::nn {

namespace {

// Numbers that are read or widened at a time: few enough for the CPU's caches, many enough to keep a GPU busy.
constexpr std::int64_t kNumbersOnCpu = std::int64_t{1} << 18;
constexpr std::int64_t kNumbersElsewhere = std::int64_t{1} << 24;

// Calls visit(frame, item, first row, rows) for pieces of x. A dry run walks the first, which is the largest.
template <typename Visit>
void for_each_piece(const Tensor& x, const Visit& visit)
{
    const std::int64_t numbers = computes_on_cpu(x) ? kNumbersOnCpu : kNumbersElsewhere;
    const std::int64_t rows = std::clamp<std::int64_t>(numbers / (x.size(3) * x.size(4)), 1, x.size(2));
    if (DryRun::current()) return visit(0, 0, 0, rows);
    for (std::int64_t frame = 0; frame < x.size(0); ++frame) {
        for (std::int64_t item = 0; item < x.size(1); ++item) {
            for (std::int64_t row = 0; row < x.size(2); row += rows) visit(frame, item, row, std::min(rows, x.size(2) - row));
        }
    }
}

}  // namespace

void GroupStatistics::add(const Tensor& part)
{
    if (part.numel() == 0) return;
    count_moved(3.0 * double(part.nbytes()));
    if (!m_mean.defined()) {
        m_mean = at::zeros({part.size(1), part.size(4)}, part.options().dtype(at::kDouble));
        m_spread = at::zeros({part.size(1), part.size(4)}, part.options().dtype(at::kDouble));
    }
    for_each_piece(part, [&](std::int64_t frame, std::int64_t item, std::int64_t row, std::int64_t rows) {
        const std::int64_t seen = m_count + (frame * part.size(2) + row) * part.size(3);
        add_piece(part[frame][item].narrow(0, row, rows), item, seen);
    });
    m_count += part.size(0) * part.size(2) * part.size(3);
}

// Two passes over the piece, then Chan's formula for joining what two sets have (Chan, Golub and LeVeque 1983).
void GroupStatistics::add_piece(const Tensor& piece, std::int64_t item, std::int64_t seen)
{
    const Tensor x = computes_on_cpu(piece) ? piece.to(at::kFloat) : piece;
    const Tensor mean = at::mean(x, at::IntArrayRef{0, 1}, /*keepdim=*/false, at::kFloat);
    Tensor distances = at::sub(x, mean);
    const Tensor spread = at::sum(distances.square_(), at::IntArrayRef{0, 1});
    distances.reset();

    const double count = double(piece.size(0) * piece.size(1)), total = double(seen) + count;
    Tensor all_mean = m_mean[item], all_spread = m_spread[item];
    const Tensor step = mean.to(at::kDouble).sub_(all_mean);
    all_mean.add_(step, count / total);
    all_spread.add_(spread.to(at::kDouble)).addcmul_(step, step, double(seen) * count / total);
}

Tensor GroupStatistics::mean(std::int64_t groups) const
{
    return m_mean.unflatten(1, {groups, -1}).mean(-1).to(at::kFloat);
}

Tensor GroupStatistics::variance(std::int64_t groups) const
{
    const Tensor means = m_mean.unflatten(1, {groups, -1});  // [batch, groups, channels of a group]
    const Tensor within = m_spread.unflatten(1, {groups, -1}).mean(-1).div_(double(std::max<std::int64_t>(1, m_count)));
    const Tensor between = at::sub(means, means.mean(-1, /*keepdim=*/true)).square_().mean(-1);
    return within.add(between).to(at::kFloat);
}

void ChannelMap::apply(const Tensor& x, Tensor to, Then then) const
{
    if (x.numel() == 0) return;
    count_moved(2.0 * double(x.nbytes() + to.nbytes()));
    const auto map = [&](const Tensor& from, Tensor target, std::int64_t item) {
        at::addcmul_out(target, shift[item], from, scale[item]);
        if (then == Then::Silu) at::silu_(target);
    };
    if (computes_on_cpu(to) && to.scalar_type() != at::kFloat) {
        for_each_piece(x, [&](std::int64_t frame, std::int64_t item, std::int64_t row, std::int64_t rows) {
            const Tensor wide = x[frame][item].narrow(0, row, rows).to(at::kFloat, /*non_blocking=*/false, /*copy=*/true);
            map(wide, wide, item);
            to[frame][item].narrow(0, row, rows).copy_(wide);
        });
        return;
    }
    // The CPU's kernels would make a float32 copy of operands of another dtype.
    const bool is_widened = computes_on_cpu(to) && x.scalar_type() != at::kFloat;
    if (is_widened) to.copy_(x);
    const Tensor& from = is_widened ? to : x;
    for (std::int64_t item = 0; item < x.size(1); ++item) map(from.select(1, item), to.select(1, item), item);
}

void GroupNorm::declare(const Declare& declare, std::int64_t channels, std::int64_t group_count, double epsilon)
{
    declare(weight, "weight", {channels});
    declare(bias, "bias", {channels});
    groups = group_count;
    eps = epsilon;
}

ChannelMap GroupNorm::map(const GroupStatistics& statistics) const
{
    const std::int64_t in_group = weight.value.size(0) / groups;
    const auto of_channels = [&](const Tensor& of_groups) { return of_groups.unsqueeze(-1).expand({-1, -1, in_group}).flatten(1).contiguous(); };
    const Tensor inverse = statistics.variance(groups).add_(eps).rsqrt_();
    ChannelMap map;
    map.scale = of_channels(inverse).mul_(weight.value.to(at::kFloat));
    map.shift = of_channels(statistics.mean(groups)).mul_(map.scale).neg_().add_(bias.value.to(at::kFloat));
    return map;
}

ChannelMap GroupNorm::map(const Tensor& x) const
{
    GroupStatistics statistics;
    statistics.add(x);
    return map(statistics);
}

}  // namespace headroom::nn

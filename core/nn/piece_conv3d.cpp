#include "core/nn/piece_conv3d.h"

#include <ATen/ops/empty.h>

#include "core/nn/conv2d.h"
#include "core/tensor/dry_run.h"

namespace headroom::nn {

PieceConv3d::PieceConv3d(const Tensor& weight, const Tensor& bias, ConvStrides strides) : m_strides(strides)
{
    if (!computes_on_cpu(weight)) {
        m_weight = weight.contiguous(at::MemoryFormat::ChannelsLast3d);
        m_bias = bias;
        return;
    }
    m_bias = bias.to(at::kFloat);
    const std::int64_t kernel = weight.size(3);
    // LibTorch does this transposition fast; a tap of it is nearly dense.
    const Tensor taps = weight.to(at::kFloat).flatten(2).transpose(1, 2).contiguous();  // [out, tap · k · k, in]
    for (std::int64_t tap = 0; tap < weight.size(2); ++tap) {
        m_taps.push_back(taps.narrow(1, tap * kernel * kernel, kernel * kernel)
                             .unflatten(1, {kernel, kernel})
                             .permute({0, 3, 1, 2})  // [out, in, k, k]
                             .contiguous(at::MemoryFormat::ChannelsLast));
    }
}

Tensor PieceConv3d::operator()(const Tensor& piece) const
{
    return m_weight.defined() ? conv3d(piece, m_weight, m_bias, m_strides, 0) : by_taps(piece);
}

Tensor PieceConv3d::by_taps(const Tensor& piece) const
{
    const std::int64_t taps = std::int64_t(m_taps.size()), frames = (piece.size(0) - taps) / m_strides.time + 1;
    // With a stride the frames of a tap are no one piece of memory.
    const std::int64_t together = m_strides.time == 1 ? frames : 1;
    Tensor result;
    for (std::int64_t first = 0; first < frames; first += together) {
        const auto seen_by = [&](std::int64_t tap) {
            return piece.narrow(0, first * m_strides.time + tap, together).flatten(0, 1);
        };
        Tensor sum =
            conv2d_inside(seen_by(taps - 1), m_taps.back(), m_bias, m_strides.space);  // [frames · batch, rows, columns, out]
        for (std::int64_t tap = taps - 2; tap >= 0; --tap) {
            add_conv2d_inside(sum, seen_by(tap), m_taps[std::size_t(tap)], m_strides.space);
        }
        sum = sum.unflatten(0, {together, piece.size(1)});
        if (together == frames) return sum;
        if (!result.defined()) result = at::empty({frames, sum.size(1), sum.size(2), sum.size(3), sum.size(4)}, sum.options());
        result.narrow(0, first, together).copy_(sum);
    }
    return result;
}

}  // namespace headroom::nn

#include "core/models/wan/vae_shortcuts.h"

#include <algorithm>

#include <ATen/ops/arange.h>
#include <ATen/ops/constant_pad_nd.h>

#include "core/nn/row_chunks.h"
#include "core/tensor/dry_run.h"

namespace headroom::models::wan {

namespace {

// Averages rearrange their input; so much of it at a time.
constexpr std::int64_t kRearrangedBytes = std::int64_t{16} << 20;

}  // namespace

DuplicatingShortcut::DuplicatingShortcut(std::int64_t in_channels, std::int64_t out_channels, std::int64_t frame_factor)
    : m_frame_factor(frame_factor), m_copies(frame_factor * 2 * 2), m_repeats(out_channels * m_copies / in_channels)
{
}

// Channel c of a copy is channel (c · copies + copy) / repeats of x. Where repeats divides copies, that is a view.
Tensor DuplicatingShortcut::copy_of(const Tensor& x, std::int64_t copy) const
{
    if (m_copies % m_repeats == 0) return x.slice(-1, copy / m_repeats, std::nullopt, m_copies / m_repeats);
    const std::int64_t out_channels = x.size(-1) * m_repeats / m_copies;
    const Tensor channels = at::arange(copy, copy + out_channels * m_copies, m_copies, x.options().dtype(at::kLong));
    return x.index_select(-1, channels.floor_divide(m_repeats));
}

void DuplicatingShortcut::add_to(Tensor& result, const Tensor& x) const
{
    const std::int64_t frames = x.size(0), height = x.size(2), width = x.size(3);
    const std::int64_t copies = result.size(0) / frames;  // of each frame
    count_moved(3.0 * double(result.numel()) * double(result.element_size()));
    // [frames, copies, batch, height, 2, width, 2, channels]
    const Tensor parts = result.unflatten(3, {width, 2}).unflatten(2, {height, 2}).unflatten(0, {frames, copies});
    for (std::int64_t frame = 0; frame < copies; ++frame) {
        for (std::int64_t row = 0; row < 2; ++row) {
            for (std::int64_t column = 0; column < 2; ++column) {
                const std::int64_t copy = ((m_frame_factor - copies + frame) * 2 + row) * 2 + column;
                Tensor part =
                    parts.select(6, column).select(4, row).select(1, frame);  // [frames, batch, height, width, channels]
                part.add_(copy_of(x, copy));
            }
        }
    }
}

AveragingShortcut::AveragingShortcut(std::int64_t out_channels, std::int64_t frame_factor, std::int64_t edge_factor)
    : m_out_channels(out_channels), m_frame_factor(frame_factor), m_edge_factor(edge_factor)
{
}

void AveragingShortcut::add_to(Tensor& result, const Tensor& x) const
{
    const std::int64_t missing = result.size(0) * m_frame_factor - x.size(0);
    const std::int64_t edge = m_edge_factor, width = result.size(3);
    const std::int64_t row_bytes = m_frame_factor * x.size(1) * edge * x.size(3) * x.size(4) * x.element_size();
    count_moved(4.0 * double(x.numel()) * double(x.element_size()));
    for (std::int64_t frame = 0; frame < result.size(0); ++frame) {
        const std::int64_t first = std::max<std::int64_t>(0, frame * m_frame_factor - missing);
        const std::int64_t count = (frame + 1) * m_frame_factor - missing - first;
        nn::for_row_chunks(
            result.size(2), std::max<std::int64_t>(1, kRearrangedBytes / row_bytes), [&](std::int64_t row, std::int64_t rows) {
                Tensor seen = x.narrow(0, first, count).narrow(2, row * edge, rows * edge);
                if (count < m_frame_factor)
                    seen = at::constant_pad_nd(seen, {0, 0, 0, 0, 0, 0, 0, 0, m_frame_factor - count, 0}, 0);
                seen = seen.unflatten(3, {width, edge})
                           .unflatten(2, {rows, edge});  // [frames, batch, rows, edge, width, edge, channels]
                seen = seen.permute({1, 2, 4, 6, 0, 3, 5}).reshape({seen.size(1), rows, width, m_out_channels, -1});
                result.select(0, frame).narrow(1, row, rows).add_(seen.mean(-1));
            });
    }
}

}  // namespace headroom::models::wan

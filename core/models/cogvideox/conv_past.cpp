#include "core/models/cogvideox/conv_past.h"

#include <ATen/ops/empty.h>

#include "core/tensor/dry_run.h"

namespace headroom::models::cogvideox {

namespace {

constexpr std::int64_t kRowAxis = 2;

}  // namespace

void ConvPast::read(Tensor to, std::int64_t top) const
{
    const std::int64_t already = m_replaced > top ? m_replaced - top : 0;
    if (already > 0) to.narrow(kRowAxis, 0, already).copy_(m_above);
    to.narrow(kRowAxis, already, to.size(kRowAxis) - already).copy_(fetch(top + already, to.size(kRowAxis) - already));
}

void ConvPast::replace(const Tensor& rows, std::int64_t top, std::int64_t height, at::ScalarType dtype)
{
    const std::int64_t end = top + rows.size(kRowAxis);
    if (!m_frames.defined()) {
        lay_out(rows, height, dtype);
    } else if (!m_is_empty && end < height) {
        const Tensor last = fetch(end - 1, 1);
        m_above = m_is_parked ? last : last.clone();
    }
    store(rows, top);
    m_replaced = end;
    if (end < height) return;
    m_replaced = 0;
    m_is_empty = false;
    m_above.reset();
}

void ConvPast::lay_out(const Tensor& rows, std::int64_t height, at::ScalarType dtype)
{
    m_options = rows.options().dtype(dtype);
    m_is_parked = m_place == CachePlace::Host && !computes_on_cpu(rows);
    std::vector<std::int64_t> shape = rows.sizes().vec();
    shape[kRowAxis] = height;
    if (!m_is_parked) {
        m_frames = at::empty(shape, m_options);
        return;
    }
    const DryPlacement on_host(DryPlacement::Where::Host);
    m_frames = at::empty(shape, rows.is_meta() ? m_options : m_options.device(at::kCPU).pinned_memory(rows.is_cuda()));
}

// On the batches' device: a view, or a copy of what is parked. Copies in both directions are ordered with the device's other work
// and are of dense pieces, so that nobody waits for them.
Tensor ConvPast::fetch(std::int64_t top, std::int64_t rows) const
{
    const Tensor there = m_frames.narrow(kRowAxis, top, rows);
    if (!m_is_parked) return there;
    const Tensor here = at::empty(there.sizes(), m_options);
    for (std::int64_t frame = 0; frame < kFrames; ++frame) {
        for (std::int64_t item = 0; item < there.size(1); ++item)
            here[frame][item].copy_(there[frame][item], /*non_blocking=*/true);
    }
    return here;
}

void ConvPast::store(const Tensor& rows, std::int64_t top)
{
    Tensor there = m_frames.narrow(kRowAxis, top, rows.size(kRowAxis));
    if (!m_is_parked) {
        there.copy_(rows);
        return;
    }
    const Tensor dense = rows.to(m_options.dtype()).contiguous();
    for (std::int64_t frame = 0; frame < kFrames; ++frame) {
        for (std::int64_t item = 0; item < rows.size(1); ++item)
            there[frame][item].copy_(dense[frame][item], /*non_blocking=*/true);
    }
}

}  // namespace headroom::models::cogvideox

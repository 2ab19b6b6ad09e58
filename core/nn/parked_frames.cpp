#include "core/nn/parked_frames.h"

#include <c10/util/accumulate.h>

#include <ATen/ops/empty.h>

#include "core/tensor/dry_run.h"

namespace headroom::nn {

void ParkedFrames::push(const Tensor& chunk)
{
    if (m_shape.empty()) {
        m_shape = chunk.sizes().vec();
        m_shape[0] = kFrames;
        m_options = chunk.options();
        const DryPlacement on_host(DryPlacement::Where::Host);
        const auto on_cpu = m_options.device(at::kCPU).pinned_memory(chunk.is_cuda());
        m_slots = at::empty(m_shape, chunk.is_meta() ? m_options : on_cpu);
    }
    if (chunk.size(0) >= kFrames) {
        m_slots.copy_(chunk.narrow(0, chunk.size(0) - kFrames, kFrames), /*non_blocking=*/true);
        m_newest = 1;
    } else {
        m_newest = 1 - m_newest;
        m_slots[m_newest].copy_(chunk[0], /*non_blocking=*/true);
    }
}

Tensor ParkedFrames::fetch(std::int64_t count) const
{
    std::vector<std::int64_t> shape = m_shape;
    shape[0] = count;
    const Tensor frames = at::empty(shape, m_options);
    frames[count - 1].copy_(m_slots[m_newest], /*non_blocking=*/true);
    if (count == kFrames) frames[0].copy_(m_slots[1 - m_newest], /*non_blocking=*/true);
    return frames;
}

std::int64_t ParkedFrames::size_bytes() const
{
    return m_shape.empty() ? 0 : c10::multiply_integers(m_shape) * std::int64_t(m_options.dtype().itemsize());
}

}  // namespace headroom::nn

#include "core/memory/weight_layout.h"

#include <algorithm>

namespace headroom::memory {

WeightLayout::WeightLayout(std::span<const std::int64_t> block_bytes, const WeightPlan& plan)
    : m_stays(block_bytes.size(), plan.residency != Residency::Streamed)
{
    const auto count = std::int64_t(block_bytes.size());
    if (plan.residency == Residency::OnHost || plan.residency == Residency::NotLoaded) return;
    if (plan.residency == Residency::Streamed) {
        const std::int64_t resident = std::clamp<std::int64_t>(plan.resident_blocks, 0, count);
        for (std::int64_t i = 0; i < resident; ++i) m_stays[std::size_t(i * count / resident)] = true;
    }
    int streamed = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t size_bytes = block_bytes[std::size_t(i)];
        if (size_bytes == 0) m_stays[std::size_t(i)] = true;
        if (m_stays[std::size_t(i)]) {
            m_stay_bytes += size_bytes;
        } else {
            ++streamed;
            m_slot_bytes = std::max(m_slot_bytes, size_bytes);
        }
    }
    m_slots = std::min(std::max(plan.slots, 1), streamed);
}

}  // namespace headroom::memory

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/memory/weight_plan.h"

namespace headroom::memory {

/// A block is one piece of device memory and each of its parameters begins at a multiple of this in it.
inline constexpr std::int64_t kWeightAlignment = 64;

/// What a parameter of so many bytes takes in its block's memory.
constexpr std::int64_t aligned_weight_bytes(std::int64_t size_bytes)
{
    return (size_bytes + kWeightAlignment - 1) / kWeightAlignment * kWeightAlignment;
}

/// Where each block of a component lies under a plan: arithmetic that the weight source and the forecast share, so that they
/// can't disagree. Free of torch.
class WeightLayout {
public:
    /// block_bytes: what each block takes on the device (device_bytes of block_image.h), in the order of use (0 for a block whose
    /// tables stay in the file).
    WeightLayout(std::span<const std::int64_t> block_bytes, const WeightPlan& plan);

    /// Whether the block stays on the device once loaded; else it passes through a slot.
    bool stays(std::size_t block) const { return m_stays[block]; }
    /// Slots that are allocated, 0 when every block stays; never more than there are streamed blocks.
    int slots() const { return m_slots; }
    /// Bytes of one slot: the largest streamed block.
    std::int64_t slot_bytes() const { return m_slot_bytes; }
    /// Bytes on the device once everything that stays has been loaded: resident blocks and all slots.
    std::int64_t held_bytes() const { return m_stay_bytes + m_slots * m_slot_bytes; }
    std::int64_t stay_bytes() const { return m_stay_bytes; }

private:
    std::vector<bool> m_stays;
    std::int64_t m_stay_bytes = 0;
    std::int64_t m_slot_bytes = 0;
    int m_slots = 0;
};

}  // namespace headroom::memory

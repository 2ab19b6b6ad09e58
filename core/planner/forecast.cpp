#include "core/planner/forecast.h"

#include <algorithm>

#include "core/memory/weight_layout.h"

namespace headroom {

namespace {

constexpr std::int64_t kStagingBuffers = 2;

}  // namespace

Work& Work::operator+=(const Work& other)
{
    product_flops += other.product_flops;
    attention_flops += other.attention_flops;
    convolution_flops += other.convolution_flops;
    moved_bytes += other.moved_bytes;
    return *this;
}

std::int64_t peak_bytes(const StageForecast& forecast, const memory::WeightPlan& weights, std::vector<MemoryPart>* parts,
                        bool were_kept)
{
    if (parts) parts->clear();
    if (weights.residency == memory::Residency::OnHost || weights.residency == memory::Residency::NotLoaded) return 0;
    std::vector<std::int64_t> block_bytes;
    for (const BlockForecast& block : forecast.blocks) block_bytes.push_back(block.device_bytes);
    const memory::WeightLayout layout(block_bytes, weights);
    const std::int64_t window_bytes = layout.slots() * layout.slot_bytes();

    // What stays is loaded when its block is first visited; the ring of slots is there from the first streamed block on.
    std::vector<bool> seen(block_bytes.size(), were_kept);
    std::int64_t resident = were_kept ? weight_bytes(forecast) : 0, window = 0, peak = 0, others = 0;
    const auto consider = [&](std::int64_t other_bytes) {
        if (resident + window + other_bytes <= peak) return;
        peak = resident + window + other_bytes;
        others = other_bytes;
        if (parts) *parts = {{MemoryKind::Weights, resident}, {MemoryKind::StreamedWindow, window}};
    };
    for (const Visit& visit : forecast.visits) {
        if (!layout.stays(visit.block)) {
            window = window_bytes;
        } else if (!seen[visit.block]) {
            seen[visit.block] = true;
            resident += block_bytes[visit.block];
        }
        consider(visit.other_peak_bytes);
    }
    consider(forecast.between_peak_bytes);
    if (parts) {
        const std::int64_t cache = std::min(forecast.cache_bytes, others);
        parts->push_back({MemoryKind::Activations, others - cache});
        parts->push_back({MemoryKind::Cache, cache});
        parts->push_back({MemoryKind::Workspace, forecast.workspace_bytes});
        std::erase_if(*parts, [](const MemoryPart& part) { return part.size_bytes == 0; });
    }
    return peak + forecast.workspace_bytes;
}

std::int64_t host_bytes(const StageForecast& forecast, const memory::WeightPlan& weights)
{
    if (weights.residency == memory::Residency::NotLoaded) return 0;
    if (weights.residency == memory::Residency::OnHost) {
        return forecast.host_bytes + peak_bytes(forecast, {.residency = memory::Residency::WhileStageRuns}) - forecast.workspace_bytes;
    }
    std::int64_t largest = 0;
    for (const BlockForecast& block : forecast.blocks) largest = std::max(largest, block.device_bytes);
    return forecast.host_bytes + kStagingBuffers * largest;
}

std::int64_t weight_bytes(const StageForecast& forecast)
{
    std::int64_t sum = 0;
    for (const BlockForecast& block : forecast.blocks) sum += block.device_bytes;
    return sum;
}

std::int64_t file_bytes(const StageForecast& forecast)
{
    std::int64_t sum = 0;
    for (const BlockForecast& block : forecast.blocks) sum += block.file_bytes > 0 ? block.file_bytes : block.device_bytes;
    return sum;
}

}  // namespace headroom

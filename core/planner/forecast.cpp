#include "core/planner/forecast.h"

#include <algorithm>

#include "core/memory/weight_layout.h"

namespace headroom {

namespace {

// The pinned buffers that weights pass through (core/device/cuda_staging.cpp).
constexpr std::int64_t kStagingBytes = 32 << 20;

struct Peak {
    std::int64_t resident = 0;
    std::int64_t window = 0;
    std::int64_t others = 0;  ///< Activations and caches.
    std::int64_t workspace = 0;

    std::int64_t bytes() const { return resident + window + others + workspace; }
};

struct Workspace {
    std::int64_t bytes = 0;
    double share = 0;
};

Peak peak_of(const StageForecast& forecast, const memory::WeightPlan& weights, const Workspace& workspace, bool were_kept)
{
    std::vector<std::int64_t> block_bytes;
    for (const BlockForecast& block : forecast.blocks) block_bytes.push_back(block.device_bytes);
    const memory::WeightLayout layout(block_bytes, weights);
    const std::int64_t window_bytes = layout.slots() * layout.slot_bytes();

    // What stays is loaded when its block is first visited; the ring of slots is there from the first streamed block on.
    std::vector<bool> seen(block_bytes.size(), were_kept);
    Peak now{.resident = were_kept ? weight_bytes(forecast) : 0}, peak;
    const auto consider = [&](std::int64_t other_bytes) {
        now.others = other_bytes;
        now.workspace = workspace.bytes + std::int64_t(workspace.share * double(other_bytes));
        if (now.bytes() > peak.bytes()) peak = now;
    };
    for (const Visit& visit : forecast.visits) {
        if (!layout.stays(visit.block)) {
            now.window = window_bytes;
        } else if (!seen[visit.block]) {
            seen[visit.block] = true;
            now.resident += block_bytes[visit.block];
        }
        consider(visit.other_peak_bytes);
    }
    consider(forecast.between_peak_bytes);
    return peak;
}

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
    const Peak peak = peak_of(forecast, weights, {forecast.workspace_bytes, forecast.workspace_share}, were_kept);
    if (parts) {
        const std::int64_t cache = std::min(forecast.cache_bytes, peak.others);
        *parts = {{MemoryKind::Weights, peak.resident},
                  {MemoryKind::StreamedWindow, peak.window},
                  {MemoryKind::Activations, peak.others - cache},
                  {MemoryKind::Cache, cache},
                  {MemoryKind::Workspace, peak.workspace}};
        std::erase_if(*parts, [](const MemoryPart& part) { return part.size_bytes == 0; });
    }
    return peak.bytes();
}

std::int64_t host_bytes(const StageForecast& forecast, const memory::WeightPlan& weights)
{
    if (weights.residency == memory::Residency::NotLoaded) return 0;
    if (weights.residency == memory::Residency::OnHost) {
        return forecast.host_bytes + peak_of(forecast, {.residency = memory::Residency::WhileStageRuns}, {}, false).bytes();
    }
    return forecast.host_bytes + kStagingBytes;
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

#include "core/planner/cost.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <vector>

#include "core/memory/weight_layout.h"

namespace headroom {

namespace {

/// What a further head group or strip costs: its kernels are smaller. A guess on the safe side, so that pieces are taken only for
/// memory.
constexpr double kPieceShare = 0.002;
/// The part of reading weights anew that products don't hide: they compute while they read.
constexpr double kUnhiddenReads = 0.25;

double seconds_of(double amount, double rate)
{
    return amount > 0 && rate > 0 ? amount / rate : 0;
}

/// Passes over the weights; blocks that no pass uses may bring the counted average below one.
double loads_of(const StageForecast& forecast)
{
    return std::max(forecast.block_loads, 1.0);
}

/// Reading the weights again for each piece of the tokens after the first.
double piece_seconds(const StageForecast& forecast, const SearchFacts& facts, const MachineRates& rates)
{
    const std::int64_t rows = forecast.denoise.token_rows;
    if (rows <= 0 || facts.tokens <= rows) return 0;
    const double pieces = std::ceil(double(facts.tokens) / double(rows));
    const double passes = loads_of(forecast) * (forecast.denoise.guidance == GuidanceOrder::Interleaved ? 2 : 1);
    return kUnhiddenReads * seconds_of((pieces - 1) * passes * double(weight_bytes(forecast)), rates.memory_bytes);
}

double compute_seconds(const StageForecast& forecast, const SearchFacts& facts, const MachineRates& rates)
{
    const int pieces =
        forecast.denoise.head_groups - 1 + (forecast.vae.method == VaeMethod::Strips ? forecast.vae.strips - 1 : 0);
    return (work_seconds(forecast.work, rates) + piece_seconds(forecast, facts, rates)) * (1 + kPieceShare * pieces);
}

double cache_seconds(const StageForecast& forecast, const SearchFacts& facts, const MachineRates& rates)
{
    if (forecast.vae.cache != CachePlace::Host) return 0;
    const int chunks =
        1 + (facts.latent_frames - 1 + forecast.vae.latents_per_chunk - 1) / std::max(forecast.vae.latents_per_chunk, 1);
    return seconds_of(2.0 * double(forecast.host_bytes) * chunks * facts.batch, rates.upload_bytes);
}

/// Whether the component's files stay in the computer's memory once read, as far as is known.
bool stays_in_page_cache(const StageForecast& forecast, const SearchFacts& facts)
{
    return facts.host_free_bytes <= 0 || file_bytes(forecast) <= facts.host_free_bytes;
}

std::vector<BlockTimes> block_times(const StageForecast& forecast, const memory::WeightLayout& layout, double compute,
                                    const SearchFacts& facts, const MachineRates& rates, bool were_kept)
{
    const double total_bytes = double(weight_bytes(forecast));
    const bool cached = stays_in_page_cache(forecast, facts);
    std::vector<BlockTimes> blocks;
    for (std::size_t i = 0; i < forecast.blocks.size(); ++i) {
        const BlockForecast& block = forecast.blocks[i];
        BlockTimes times;
        times.compute_seconds = compute / loads_of(forecast) * double(block.device_bytes) / total_bytes;
        const double upload = seconds_of(double(block.device_bytes), rates.upload_bytes);
        const double read =
            block.device_bytes > 0
                ? seconds_of(double(block.file_bytes > 0 ? block.file_bytes : block.device_bytes), rates.disk_bytes)
                : 0;
        times.first_upload_seconds = were_kept ? 0 : std::max(upload, read);
        times.upload_seconds = cached ? upload : times.first_upload_seconds;
        times.stays = layout.stays(i);
        blocks.push_back(times);
    }
    return blocks;
}

}  // namespace

double work_seconds(const Work& work, const MachineRates& rates)
{
    return seconds_of(work.product_flops, rates.product_flops) + seconds_of(work.attention_flops, rates.attention_flops) +
           seconds_of(work.convolution_flops, rates.convolution_flops) + seconds_of(work.moved_bytes, rates.memory_bytes);
}

double pass_seconds(std::span<const BlockTimes> blocks, int slots, double loads)
{
    double computed = 0, uploaded = 0, previous_start = 0, first_pass = 0, second_pass = 0;
    std::deque<double> slot_free(std::size_t(std::max(slots, 1)), 0.0);  // when each slot's last block was done, oldest first
    for (int pass = 0; pass < 3; ++pass) {
        for (const BlockTimes& block : blocks) {
            double ready = 0;
            if (!block.stays) {
                ready = std::max(uploaded, slot_free.front()) + (pass == 0 ? block.first_upload_seconds : block.upload_seconds);
                uploaded = ready;
            } else if (pass == 0 && block.first_upload_seconds > 0) {
                ready = std::max(uploaded, previous_start) + block.first_upload_seconds;
                uploaded = ready;
            }
            previous_start = std::max(computed, ready);
            computed = previous_start + block.compute_seconds;
            if (!block.stays) {
                slot_free.pop_front();
                slot_free.push_back(computed);
            }
        }
        if (pass == 0) first_pass = computed;
        if (pass == 1) second_pass = computed;
    }
    const double each_pass = computed - second_pass;  // of the third, when the pipeline has settled
    if (loads < 2) return first_pass + (loads - 1) * (second_pass - first_pass);
    return second_pass + (loads - 2) * each_pass;
}

double stage_seconds(const StageForecast& forecast, const memory::WeightPlan& weights, const SearchFacts& facts)
{
    if (weights.residency == memory::Residency::NotLoaded) return 0;
    const bool on_host = weights.residency == memory::Residency::OnHost;
    const MachineRates& rates = on_host ? facts.host_rates : facts.device_rates;
    const auto known = facts.corrections.find({forecast.stage, forecast.component});
    const double correction = known == facts.corrections.end() ? 1 : known->second;

    const double compute = compute_seconds(forecast, facts, rates);
    double seconds = compute + cache_seconds(forecast, facts, rates);
    if (weight_bytes(forecast) == 0) return seconds * correction;

    std::vector<std::int64_t> block_bytes;
    for (const BlockForecast& block : forecast.blocks) block_bytes.push_back(block.device_bytes);
    const memory::WeightLayout layout(block_bytes, weights);
    const bool were_kept = weights.residency == memory::Residency::WholeRun && facts.kept_bytes.contains(forecast.component);
    const auto blocks = block_times(forecast, layout, compute, facts, rates, were_kept);
    seconds += pass_seconds(blocks, layout.slots(), loads_of(forecast)) - compute;
    double streamed = 0;
    for (const BlockTimes& block : blocks) streamed += block.stays ? 0 : block.upload_seconds;
    return (seconds + rates.upload_drag * streamed * loads_of(forecast)) * correction;
}

}  // namespace headroom

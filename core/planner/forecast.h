#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/engine/plan.h"

namespace headroom {

/// Work that a dry run counted, by what bounds its speed.
struct Work {
    double product_flops = 0;    ///< Matrix products.
    double attention_flops = 0;  ///< 4 · query tokens · key tokens · width.
    double convolution_flops = 0;
    double moved_bytes = 0;  ///< Read and written by element-wise work.

    Work& operator+=(const Work& other);
};

/// One block of a component, in the order of use.
struct BlockForecast {
    std::string name;
    std::int64_t device_bytes = 0;  ///< Its weights on the device, in the run's dtypes.
    std::int64_t file_bytes = 0;    ///< Its weights in the files; 0 when only configs are known.
};

/// A block in use: `block` of StageForecast::blocks is acquired while everything else on the device (activations, caches,
/// workspace; no weights at all) peaks at `other_peak_bytes`.
struct Visit {
    std::size_t block = 0;
    std::int64_t other_peak_bytes = 0;
};

/// What a dry run of one stage found, for one way of computing it (DenoisePlan, VaePlan). It holds for every WeightPlan: weights
/// and all the rest add up.
struct StageForecast {
    Stage stage = Stage::EncodeText;
    std::string component;
    DenoisePlan denoise;
    VaePlan vae;
    std::vector<BlockForecast> blocks;
    /// In their order, from the stage's beginning until nothing new happens (the second step, the third chunk).
    std::vector<Visit> visits;
    std::int64_t between_peak_bytes = 0;  ///< The largest of everything but weights while no block is acquired.
    std::int64_t cache_bytes = 0;         ///< Of a VAE's feature cache, as part of the peaks above; for the picture.
    std::int64_t workspace_bytes = 0;     ///< Of libraries and the allocator, measured on the machine, not walked; 0 on the CPU.
    double workspace_share = 0;           ///< The same, more of it: a share of all that isn't weights.
    std::int64_t host_bytes = 0;          ///< Computer's memory besides, where the device is another (cache on the host).
    Work work;                            ///< Of the whole stage: all steps, all chunks.
    double block_loads = 1;               ///< How often each streamed block is loaded in the whole stage; 1 or more.
};

/// The stage's peak on the device under a plan for its weights, with its parts (which add up to it). 0 where the stage is
/// computed on the host, or not at all. were_kept: the weights are there before the stage begins.
std::int64_t peak_bytes(const StageForecast& forecast, const memory::WeightPlan& weights,
                        std::vector<MemoryPart>* parts = nullptr, bool were_kept = false);

/// What the stage takes of the computer's memory besides, where the device is another: what the dry run left on the host, the
/// staging buffers that weights pass through, and all of a stage that is computed on the host.
std::int64_t host_bytes(const StageForecast& forecast, const memory::WeightPlan& weights);

/// The component's weights on the device, all of them.
std::int64_t weight_bytes(const StageForecast& forecast);
/// The same in its files; as on the device where only configs are known.
std::int64_t file_bytes(const StageForecast& forecast);

}  // namespace headroom

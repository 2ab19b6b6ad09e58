#pragma once

namespace headroom::memory {

/// Where a component's weights are while the run needs them. All of these give the same bits.
enum class Residency {
    WholeRun,        ///< Loaded when first used, kept beyond the run until a plan wants it otherwise.
    WhileStageRuns,  ///< Model offload: loaded when its stage begins, dropped when it ends.
    Streamed,        ///< Some blocks stay on the device while the stage runs, the others pass through a few slots.
    OnHost,          ///< Computed on the CPU: nothing of it touches the device.
    NotLoaded,       ///< Not needed: its results are in the cache of prompt embeddings.
};

/// How the weights of one component are held.
struct WeightPlan {
    Residency residency = Residency::WhileStageRuns;
    int resident_blocks = 0;  ///< Streamed: how many blocks stay, spread evenly over the component.
    int slots = 2;            ///< Streamed: device slots for the others; slots - 1 blocks are fetched ahead.

    bool operator==(const WeightPlan&) const = default;
};

}  // namespace headroom::memory

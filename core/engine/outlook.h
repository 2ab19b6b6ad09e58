#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/engine/plan.h"

namespace headroom {

/// The ways of one stage worth choosing from: by rising peak, each faster than all before it. Exact ways and, behind them in
/// preference, ways that change pixels: those only count where no exact one fits or the person pinned them.
struct StageChoices {
    std::vector<StagePlan> exact;
    std::vector<StagePlan> approximate;
};

/// A change of the request that lowers what it needs.
struct Remedy {
    std::string sentence;  ///< "49 frames instead of 81 fit into 5.1 GiB"
    int width = 0;         ///< The changed numbers; 0 leaves one as it is.
    int height = 0;
    int frames = 0;
    bool approximate = false;               ///< Allow ways that change pixels.
    std::int64_t minimum_budget_bytes = 0;  ///< What the changed request needs.
};

/// All that is known of a request before it runs, for every budget at once: the slider, `headroom plan` and the run read plans
/// off it (plan_choice.h) without walking the model again.
struct PlanOutlook {
    std::string model_name;
    int width = 0;  ///< Of the request with the model's defaults filled in, as are those below.
    int height = 0;
    int frames = 0;
    int steps = 0;
    int batch = 1;
    std::string device;
    ComputeDtype dtype = ComputeDtype::Float32;
    std::int64_t device_bytes = 0;       ///< What the device has in all.
    std::int64_t others_bytes = 0;       ///< What other programs hold of it now.
    std::int64_t auto_budget_bytes = 0;  ///< What `--budget auto` takes: what is free less a margin.
    std::int64_t host_free_bytes = 0;    ///< Of the computer's memory.
    std::vector<StageChoices> stages;    ///< In the order of the chain.
    std::vector<Remedy> remedies;        ///< Ranked: what helps most for least first. For budgets below the minimum.
    bool remedies_sought = false;        ///< They are all that there are for the budget of the request.
};

}  // namespace headroom

#pragma once

#include <string>
#include <vector>

#include "core/engine/plan.h"

namespace headroom {

/// What the planner may choose from: the device and dtype the run will have, and the components in the order of the family's chain.
struct PlanFacts {
    std::string device;
    ComputeDtype dtype = ComputeDtype::Float32;
    std::vector<StagePlan> chain;        ///< Stage and component filled in.
    Pins pins;
};

/// The plan for a run: a pure function of the facts. There is no budget yet, so it is model offload along the chain: each
/// component is loaded when its stage begins and dropped before the next one is loaded.
Plan make_plan(const PlanFacts& facts);

}  // namespace headroom

#include "core/planner/planner.h"

namespace headroom {

Plan make_plan(const PlanFacts& facts)
{
    Plan plan;
    plan.device = facts.device;
    plan.dtype = facts.dtype;
    plan.stages = facts.chain;
    for (StagePlan& stage : plan.stages) stage.residency = Residency::WhileStageRuns;
    plan.latents_per_chunk = facts.pinned_latents_per_chunk > 0 ? facts.pinned_latents_per_chunk : 1;
    return plan;
}

}  // namespace headroom

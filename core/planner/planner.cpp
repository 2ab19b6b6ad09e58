#include "core/planner/planner.h"

namespace headroom {

Plan make_plan(const PlanFacts& facts)
{
    Plan plan;
    plan.device = facts.device;
    plan.dtype = facts.dtype;
    plan.stages = facts.chain;
    for (StagePlan& stage : plan.stages) stage.vae.latents_per_chunk = facts.pins.latents_per_chunk.value_or(1);
    return plan;
}

}  // namespace headroom

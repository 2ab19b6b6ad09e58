#include "core/engine/plan.h"

#include <algorithm>
#include <utility>

namespace headroom {

StagePlan stage_of(Stage stage, std::string component)
{
    StagePlan plan;
    plan.stage = stage;
    plan.component = std::move(component);
    return plan;
}

const StagePlan& Plan::of(Stage stage) const
{
    static const StagePlan none;
    const auto found = std::ranges::find(stages, stage, &StagePlan::stage);
    return found == stages.end() ? none : *found;
}

}  // namespace headroom

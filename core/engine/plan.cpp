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

double Plan::predicted_seconds() const
{
    double seconds = 0;
    for (const StagePlan& stage : stages) seconds += stage.predicted_seconds;
    return seconds;
}

std::int64_t Plan::predicted_peak_bytes() const
{
    std::int64_t peak = 0;
    for (const StagePlan& stage : stages) peak = std::max(peak, stage.predicted_peak_bytes);
    return peak;
}

}  // namespace headroom

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

std::int64_t tensor_bytes(const StagePlan& stage)
{
    std::int64_t sum = 0;
    for (const MemoryPart& part : stage.parts) {
        if (part.kind != MemoryKind::Workspace && part.kind != MemoryKind::Context) sum += part.size_bytes;
    }
    return sum;
}

const StagePlan& Plan::of(Stage stage) const
{
    static const StagePlan none;
    const auto found = std::ranges::find(stages, stage, &StagePlan::stage);
    return found == stages.end() ? none : *found;
}

const StagePlan& Plan::of(Stage stage, std::string_view component) const
{
    static const StagePlan none;
    const auto found =
        std::ranges::find_if(stages, [&](const StagePlan& each) { return each.stage == stage && each.component == component; });
    return found == stages.end() ? none : *found;
}

std::vector<std::string> Plan::components_of(Stage stage) const
{
    std::vector<std::string> components;
    for (const StagePlan& each : stages) {
        if (each.stage == stage) components.push_back(each.component);
    }
    return components;
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

std::int64_t Plan::context_bytes() const
{
    std::int64_t context = 0;
    for (const StagePlan& stage : stages) {
        for (const MemoryPart& part : stage.parts) {
            if (part.kind == MemoryKind::Context) context = std::max(context, part.size_bytes);
        }
    }
    return context;
}

}  // namespace headroom

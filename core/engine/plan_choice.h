#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/outlook.h"

namespace headroom {

// Reading plans off an outlook: plain arithmetic, quick enough for every move of a slider. Implemented in core/planner.

/// The plan for a budget: for each stage the fastest exact way that fits; one that changes pixels only where no exact one does.
/// The peak never rises when the budget falls. Errors: DoesNotFit with the smallest budget and what else would help.
Result<Plan> plan_within(const PlanOutlook& outlook, std::int64_t budget_bytes);

/// The smallest budget for which plan_within finds a plan; `exact_only`: without ways that change pixels.
std::int64_t minimum_budget_bytes(const PlanOutlook& outlook, bool exact_only = false);

/// A budget at which the plan changes.
struct PlanBreakpoint {
    std::int64_t budget_bytes = 0;
    double seconds = 0;    ///< Of the whole run from this budget on.
    std::string what;      ///< "the least that works", "streaming stops", "nothing gets faster any more"; empty for the others.
    bool exact = true;     ///< The plan from here on changes no pixels.
};

/// Where the plan changes, by rising budget; the first is the least that works.
std::vector<PlanBreakpoint> breakpoints(const PlanOutlook& outlook);

/// One sentence: why the plan is as it is, and what would change it.
std::string why(const Plan& plan, const PlanOutlook& outlook);

}  // namespace headroom

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/outlook.h"

namespace headroom {

/// What makes a breakpoint worth a mark on the slider; the first that holds.
enum class BreakpointKind {
    Minimum,         ///< The least that works.
    ExactFromHere,   ///< Less only works with ways that change pixels.
    StreamingStops,  ///< From here on no weights are streamed.
    NothingFaster,   ///< From here on nothing gets faster by more than a hundredth.
    Change,          ///< Some other change of the plan.
};

/// A budget at which the plan changes: from here on up to the next breakpoint it stays the same.
struct PlanBreakpoint {
    std::int64_t budget_bytes = 0;
    double seconds = 0;         ///< Of the whole run, from here on.
    double seconds_before = 0;  ///< Of the whole run just below; 0 at the minimum.
    BreakpointKind kind = BreakpointKind::Change;
    std::string what;    ///< The mark's words: "the least that works", "streaming stops"; empty for Change.
    std::string change;  ///< What this budget buys: "the denoiser keeps all of its 40 blocks"; empty at the minimum.
    bool exact = true;   ///< The plan from here on changes no pixels.
};

/// The plan for a budget: for each stage the fastest exact way inside it, or, where none fits, the fastest that changes pixels.
/// Ways that need more of the computer's memory than is free count as not fitting. Of one outlook a smaller budget never gets a
/// larger peak. Reads the outlook only, in microseconds; any thread.
/// Errors: DoesNotFit, one sentence with the smallest budget that would do and the outlook's remedies that fit this one.
Result<Plan> plan_within(const PlanOutlook& outlook, std::int64_t budget_bytes);

/// The plan for a run that is to begin now: within the budget and what is free on the device, so that a budget that others have
/// taken a part of makes nobody swap or run out. Errors: Usage for a budget above the device (by more than the twentieth by which
/// cards are named too large); DoesNotFit as plan_within, which says when it is the others' part that is missing.
Result<Plan> plan_for_now(const PlanOutlook& outlook, std::int64_t budget_bytes);

/// The smallest budget that plan_within takes; exact_only: for ways that don't change pixels, 0 when a stage has none (pinned to
/// tiles).
std::int64_t minimum_budget_bytes(const PlanOutlook& outlook, bool exact_only = false);

/// Every budget at which the plan changes, rising; the first is the minimum. Empty when no budget works.
std::vector<PlanBreakpoint> breakpoints(const PlanOutlook& outlook);

/// Why the plan, which plan_within read off this outlook, is as it is, and what would change it: "The denoiser keeps 12 of its 40
/// blocks and streams the others; 3.1 GiB more would keep all of them: 25 % faster." One sentence.
std::string why(const Plan& plan, const PlanOutlook& outlook);

/// The way to take instead of `current` when its memory ran out all the same: the fastest that needs less, exact ones first, and
/// fits into what the card that the outlook is of has free by now, if one does.
std::optional<StagePlan> next_cheaper(const PlanOutlook& outlook, const StageChoices& choices, const StagePlan& current);

/// A size for people that is never too small: rounded up to what is shown, so that giving it back as a budget works.
std::string format_needed_size(std::int64_t size_bytes);

}  // namespace headroom

#pragma once

#include <functional>
#include <optional>

#include "core/base/result.h"
#include "core/engine/events.h"
#include "core/engine/plan.h"

namespace headroom {

/// The way to take instead of one whose memory ran out; nothing when none needs less. Errors: those of the forecast.
using CheaperPlan = std::function<Result<std::optional<StagePlan>>(const StagePlan& failed)>;

/// The plan that a run goes by. Where memory runs out all the same (others took some, or the forecast was wrong), the stage goes on by the next
/// cheaper way, from where it was. The engine thread; the listener and what `cheaper` needs outlive it.
class AdaptivePlan {
public:
    AdaptivePlan(const Plan& plan, CheaperPlan cheaper, RunListener& listener)
        : m_plan(plan), m_cheaper(std::move(cheaper)), m_listener(listener)
    {
    }

    const Plan& plan() const { return m_plan; }
    const StagePlan& of(Stage stage) const { return m_plan.of(stage); }

    /// Runs `action` until it doesn't end by running out of memory. Each time it starts it must take of(stage) and go on from what it had finished;
    /// `recovered` is called before, to free what is left. Errors: the action's; OutOfMemory when no cheaper way is left.
    Result<void> run(Stage stage, const std::function<Result<void>()>& action, const std::function<void()>& recovered);

private:
    Result<void> take_cheaper(Stage stage, const Error& refusal);

    Plan m_plan;
    CheaperPlan m_cheaper;
    RunListener& m_listener;
};

}  // namespace headroom

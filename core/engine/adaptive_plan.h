#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/device/devices.h"
#include "core/engine/budget_wall.h"
#include "core/engine/events.h"
#include "core/engine/plan.h"

namespace headroom {

/// The way to take instead of one whose memory ran out; nothing when none needs less. Errors: those of the forecast.
using CheaperPlan = std::function<Result<std::optional<StagePlan>>(const StagePlan& failed)>;

/// The plan that a run goes by. Where memory runs out all the same (others took some, or the forecast was wrong), the stage goes
/// on by the next cheaper way, from where it was. On a card the wall first stands at the stage's forecast: what needs more goes
/// on with all of the budget before it goes on by another way. The engine thread; wall, devices, listener and what `cheaper`
/// needs outlive it.
class AdaptivePlan {
public:
    AdaptivePlan(const Plan& plan, CheaperPlan cheaper, BudgetWall& wall, const Devices& devices, at::Device device,
                 RunListener& listener)
        : m_plan(plan), m_cheaper(std::move(cheaper)), m_wall(wall), m_devices(devices), m_device(device), m_listener(listener)
    {
    }

    const Plan& plan() const { return m_plan; }
    const StagePlan& of(Stage stage, const std::string& component) const { return m_plan.of(stage, component); }
    /// Of a stage that one component computes alone.
    const StagePlan& of(Stage stage) const { return m_plan.of(stage); }

    /// Runs `action` until it doesn't end by running out of memory. Each time it starts it must take of(stage, component) and go
    /// on from what it had finished; what the device's allocator kept of the failed try is given back before. Errors: the
    /// action's; OutOfMemory when no cheaper way is left.
    Result<void> run(Stage stage, const std::string& component, const std::function<Result<void>()>& action);

private:
    Result<void> take_cheaper(Stage stage, const std::string& component, const Error& refusal);

    Plan m_plan;
    CheaperPlan m_cheaper;
    BudgetWall& m_wall;
    const Devices& m_devices;
    at::Device m_device;
    RunListener& m_listener;
};

}  // namespace headroom

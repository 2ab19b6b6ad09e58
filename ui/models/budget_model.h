#pragma once

#include <map>
#include <optional>
#include <vector>

#include <QObject>
#include <QString>

#include "core/engine/plan_choice.h"
#include "core/engine/request.h"

namespace headroom::ui {

/// Where on the budget's track what begins; all in bytes. The track's parts: [0, minimum) nothing works, [minimum, exactFrom)
/// only ways that change pixels, [exactFrom, …) exact, [othersFrom, deviceBytes) in use by other programs.
struct BudgetZones {
    /// The track ends here: the device's memory, or earlier where nothing changes any more long before it.
    std::int64_t end = 0;
    std::int64_t minimum = 0;
    std::int64_t exactFrom = 0;
    std::int64_t noStreamingFrom = 0;  ///< 0: it always streams, or never.
    std::int64_t fastestFrom = 0;      ///< Nothing gets faster from here on.
    std::int64_t othersFrom = 0;
};

/// A budget that would make the run faster.
struct BudgetOffer {
    PlanBreakpoint point;
    QString change;              ///< What would be done differently.
    std::int64_t moreBytes = 0;  ///< Than now.
    double fewerSeconds = 0;     ///< Than now.
};

/// A stage of a plan: what is done, and by which component.
using StageKey = std::pair<Stage, std::string>;
inline StageKey keyOf(const StagePlan& stage)
{
    return {stage.stage, stage.component};
}

/// What a stage has measured in the run that goes on, or in the last one of the plan shown.
struct StageMeasure {
    std::int64_t peakBytes = 0;
    std::int64_t predictedBytes = 0;  ///< What the run's plan said; 0 while the stage runs.
    bool ended = false;
};

/// The outlook of the request, the person's budget, and the plan that follows from both. Everything the memory panel shows is
/// read from here; a new budget costs a look into the outlook and nothing else.
class BudgetModel : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// Takes the outlook of a resolved request. Measurements of stages that are now planned otherwise are forgotten.
    void setOutlook(const GenerateRequest& request, const PlanOutlook& outlook);

    /// There is no outlook, for this reason.
    void setRefusal(const QString& sentence);

    /// The person's budget; none: automatic.
    void setBudget(std::optional<std::int64_t> bytes);

    /// A run begins with this plan, which is shown until its end; budgets wait.
    void beginRun(const Plan& plan);
    void endRun();
    void setMeasured(const StageKey& stage, const StageMeasure& measure);
    void forgetMeasured();

    const std::optional<PlanOutlook>& outlook() const { return m_outlook; }
    const GenerateRequest& request() const { return m_request; }
    bool isRunning() const { return m_running; }

    bool isAutomatic() const { return !m_budget; }
    std::optional<std::int64_t> chosenBudget() const { return m_budget; }

    /// The budget in force; 0 without an outlook.
    std::int64_t budgetBytes() const;

    /// Whether the outlook knows peaks; without them nothing is refused.
    bool hasForecast() const { return m_zones.minimum > 0; }
    bool fits() const { return !m_outlook || m_fits; }

    /// The plan of the budget; below the minimum that of the minimum, so that one sees by how much it is over. Empty without an
    /// outlook.
    const Plan& plan() const { return m_plan; }
    const QString& refusal() const { return m_refusal; }
    /// Whether the request has a pass with and one without the prompt.
    bool isGuided() const { return m_request.guidance.value_or(0) > 1; }
    const BudgetZones& zones() const { return m_zones; }
    const std::vector<PlanBreakpoint>& breakpoints() const { return m_points; }
    std::int64_t peakBytes() const;
    std::int64_t hostBytes() const;
    double seconds() const;
    QString why() const;

    /// What the plan from this breakpoint on does differently from the one before it; everything, for the first.
    QString changeAt(std::size_t point) const;

    /// What more memory would buy: the next breakpoint that is faster, and the one from which nothing gets faster.
    std::vector<BudgetOffer> offers() const;

    const std::map<StageKey, StageMeasure>& measured() const { return m_measured; }

Q_SIGNALS:
    /// Anything that is shown has changed.
    void changed();

    /// The person chose another budget.
    void budgetChanged();

private:
    void findZones();
    void choosePlan();
    void forgetMeasuredBut(const Plan& next);

    GenerateRequest m_request;
    std::optional<PlanOutlook> m_outlook;
    std::optional<std::int64_t> m_budget;
    std::vector<PlanBreakpoint> m_points;
    BudgetZones m_zones;
    Plan m_plan;
    bool m_fits = true;
    bool m_running = false;
    QString m_refusal;
    std::map<StageKey, StageMeasure> m_measured;
};

/// Whether both do the same, whatever budget they were planned for.
bool doTheSame(const StagePlan& a, const StagePlan& b);

}  // namespace headroom::ui

#include "ui/models/budget_model.h"

#include <algorithm>
#include <cmath>

#include "core/base/byte_size.h"
#include "ui/models/plan_text.h"

namespace headroom::ui {

namespace {

/// The smallest of 1, 1.5, 2, 3, 4, 6, 8 × 2^k … of a MiB that is not below `bytes`: an end for a track that reads well.
std::int64_t roundedUp(std::int64_t bytes)
{
    std::int64_t power = kMiB;
    while (power * 2 <= bytes) power *= 2;
    for (const std::int64_t candidate : {power, power * 5 / 4, power * 3 / 2, power * 7 / 4, power * 2}) {
        if (candidate >= bytes) return candidate;
    }
    return power * 2;
}

bool isStreaming(const Plan& plan)
{
    return std::ranges::any_of(plan.stages,
                               [](const StagePlan& stage) { return stage.weights.residency == memory::Residency::Streamed; });
}

bool isExact(const Plan& plan)
{
    return std::ranges::all_of(plan.stages, &StagePlan::exact);
}

/// A difference that a person would notice.
bool isFaster(double seconds, double than)
{
    return seconds < than - std::max(0.05, 0.005 * than);
}

}  // namespace

bool doTheSame(const StagePlan& a, const StagePlan& b)
{
    return keyOf(a) == keyOf(b) && a.weights == b.weights && a.denoise == b.denoise && a.vae == b.vae &&
           a.predicted_peak_bytes == b.predicted_peak_bytes;
}

void BudgetModel::setOutlook(const GenerateRequest& request, const PlanOutlook& outlook)
{
    m_request = request;
    m_outlook = outlook;
    m_refusal.clear();
    m_points = headroom::breakpoints(outlook);
    findZones();
    choosePlan();
    Q_EMIT changed();
}

void BudgetModel::setRefusal(const QString& sentence)
{
    m_refusal = sentence;
    m_outlook.reset();
    m_points.clear();
    m_zones = {};
    m_fits = true;
    if (!m_running) m_plan = {};
    Q_EMIT changed();
}

void BudgetModel::setBudget(std::optional<std::int64_t> bytes)
{
    if (m_budget == bytes) return;
    m_budget = bytes;
    choosePlan();
    Q_EMIT budgetChanged();
    Q_EMIT changed();
}

std::int64_t BudgetModel::budgetBytes() const
{
    if (m_running && m_plan.budget_bytes > 0) return m_plan.budget_bytes;
    return m_budget.value_or(m_outlook ? m_outlook->auto_budget_bytes : 0);
}

void BudgetModel::findZones()
{
    m_zones = {};
    const PlanOutlook& outlook = *m_outlook;
    m_zones.end = outlook.device_bytes;
    m_zones.othersFrom = outlook.device_bytes - outlook.others_bytes;
    if (m_points.empty()) return;
    m_zones.minimum = m_points.front().budget_bytes;
    m_zones.fastestFrom = m_zones.minimum;
    double fastest = m_points.front().seconds;
    bool streamed = false;
    for (const PlanBreakpoint& point : m_points) {
        if (isFaster(point.seconds, fastest)) {
            fastest = point.seconds;
            m_zones.fastestFrom = point.budget_bytes;
        }
        const auto plan = plan_within(outlook, point.budget_bytes);
        if (!plan) continue;
        if (m_zones.exactFrom == 0 && isExact(*plan)) m_zones.exactFrom = point.budget_bytes;
        if (isStreaming(*plan)) {
            streamed = true;
            m_zones.noStreamingFrom = 0;
        } else if (streamed && m_zones.noStreamingFrom == 0) {
            m_zones.noStreamingFrom = point.budget_bytes;
        }
    }
    const std::int64_t interesting = roundedUp(m_points.back().budget_bytes * 2);
    if (interesting < outlook.device_bytes / 3) m_zones.end = interesting;
    m_zones.end = std::max(m_zones.end, m_zones.minimum + m_zones.minimum / 16);
}

void BudgetModel::choosePlan()
{
    if (!m_outlook || m_running) return;
    const auto within = plan_within(*m_outlook, budgetBytes());
    // Without a forecast every way needs nothing and the budget is not known to matter.
    m_fits = within.has_value();
    const auto shown = within ? within : plan_within(*m_outlook, m_zones.minimum);
    const Plan next = shown ? *shown : Plan{};
    forgetMeasuredBut(next);
    m_plan = next;
}

/// What was measured stays true of stages that the next plan does as the last one did, and of those it leaves out: the embeddings
/// of the prompt that has just run are at hand.
void BudgetModel::forgetMeasuredBut(const Plan& next)
{
    std::erase_if(m_measured, [&](const auto& entry) {
        const auto& [stage, component] = entry.first;
        const StagePlan& then = next.of(stage, component);
        const bool leftOut = then.weights.residency == memory::Residency::NotLoaded;
        return next.device != m_plan.device || !(leftOut || doTheSame(m_plan.of(stage, component), then));
    });
}

void BudgetModel::beginRun(const Plan& plan)
{
    m_running = true;
    m_plan = plan;
    m_measured.clear();
    Q_EMIT changed();
}

void BudgetModel::endRun()
{
    if (!m_running) return;
    m_running = false;
    std::erase_if(m_measured, [](const auto& entry) { return !entry.second.ended; });
    choosePlan();
    Q_EMIT changed();
}

void BudgetModel::setMeasured(const StageKey& stage, const StageMeasure& measure)
{
    StageMeasure& known = m_measured[stage];
    if (known.peakBytes == measure.peakBytes && known.ended == measure.ended) return;
    known = measure;
    Q_EMIT changed();
}

void BudgetModel::forgetMeasured()
{
    m_measured.clear();
    Q_EMIT changed();
}

std::int64_t BudgetModel::peakBytes() const
{
    return m_plan.predicted_peak_bytes();
}

std::int64_t BudgetModel::hostBytes() const
{
    std::int64_t bytes = 0;
    for (const StagePlan& stage : m_plan.stages) bytes = std::max(bytes, stage.predicted_host_bytes);
    return bytes;
}

double BudgetModel::seconds() const
{
    return m_plan.predicted_seconds();
}

QString BudgetModel::why() const
{
    return m_outlook && hasForecast() ? QString::fromStdString(headroom::why(m_plan, *m_outlook)) : QString();
}

QString BudgetModel::changeAt(std::size_t point) const
{
    if (!m_outlook || point >= m_points.size()) return {};
    const auto after = plan_within(*m_outlook, m_points[point].budget_bytes);
    if (!after) return {};
    const auto before = point > 0 ? plan_within(*m_outlook, m_points[point - 1].budget_bytes) : Plan{};
    return changeText(before ? *before : Plan{}, *after, isGuided());
}

std::vector<BudgetOffer> BudgetModel::offers() const
{
    if (!m_outlook || m_running || !m_fits) return {};
    const std::int64_t now = budgetBytes();
    const double secondsNow = seconds();
    std::vector<const PlanBreakpoint*> chosen;  // The next faster one and the last.
    for (const PlanBreakpoint& point : m_points) {
        if (point.budget_bytes <= now || point.budget_bytes > m_zones.fastestFrom || !isFaster(point.seconds, secondsNow))
            continue;
        if (point.budget_bytes > m_zones.othersFrom) break;
        if (chosen.size() == 2) chosen.pop_back();
        chosen.push_back(&point);
    }
    std::vector<BudgetOffer> offers;
    for (const PlanBreakpoint* point : chosen) {
        const auto plan = plan_within(*m_outlook, point->budget_bytes);
        if (!plan) continue;
        offers.push_back({*point, changeText(m_plan, *plan, isGuided()), point->budget_bytes - now, secondsNow - point->seconds});
    }
    return offers;
}

}  // namespace headroom::ui

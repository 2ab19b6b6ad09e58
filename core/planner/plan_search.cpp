#include "core/planner/plan_search.h"

#include <utility>

#include "core/planner/pins.h"

namespace headroom {

PlanSearch::PlanSearch(SearchFacts facts, Forecaster forecaster)
    : m_facts(std::make_unique<SearchFacts>(std::move(facts))), m_forecaster(std::move(forecaster))
{
}

Result<PlanSearch> PlanSearch::create(SearchFacts facts, const std::vector<StagePlan>& chain, Forecaster forecaster)
{
    TRY(check_pins(facts));
    PlanSearch search(std::move(facts), std::move(forecaster));
    for (const StagePlan& stage : chain) search.m_stages.emplace_back(stage, *search.m_facts);
    return search;
}

template <typename Action>
Result<void> PlanSearch::for_stages(const Action& action)
{
    std::int64_t carried_bytes = 0;
    for (const StageSearch& stage : m_stages) carried_bytes += stage.kept_bytes();
    for (StageSearch& stage : m_stages) {
        carried_bytes -= stage.kept_bytes();
        stage.set_carried_bytes(carried_bytes);
        TRY(action(stage));
        carried_bytes += stage.carries_bytes();
    }
    return {};
}

Result<void> PlanSearch::settle(std::int64_t budget_bytes)
{
    return for_stages([&](StageSearch& stage) { return stage.settle(budget_bytes, m_forecaster); });
}

Result<void> PlanSearch::complete()
{
    return for_stages([&](StageSearch& stage) { return stage.complete(m_forecaster); });
}

PlanOutlook PlanSearch::outlook() const
{
    PlanOutlook outlook;
    outlook.device = m_facts->device;
    outlook.dtype = m_facts->dtype;
    outlook.device_bytes = m_facts->device_bytes;
    outlook.others_bytes = m_facts->others_bytes;
    outlook.auto_budget_bytes = m_facts->auto_budget_bytes;
    outlook.host_free_bytes = m_facts->host_free_bytes;
    for (const StageSearch& stage : m_stages) outlook.stages.push_back(stage.choices());
    return outlook;
}

int PlanSearch::dry_runs() const
{
    int sum = 0;
    for (const StageSearch& stage : m_stages) sum += stage.dry_runs();
    return sum;
}

}  // namespace headroom

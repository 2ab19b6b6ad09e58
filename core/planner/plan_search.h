#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/result.h"
#include "core/engine/outlook.h"
#include "core/planner/stage_search.h"

namespace headroom {

/// The search for all ways worth choosing from, stage by stage. It makes as few dry runs as the question needs and keeps what
/// they found: a window settles for the budget at hand first, draws, and completes afterwards. One thread uses it.
///
/// What a settled outlook says is right for its budget and for whether that fits; the breakpoints and the minimum for every
/// budget, and that a smaller budget never gets a larger peak, hold once the search is complete.
class PlanSearch {
public:
    /// chain: stages and components in the order of the family's offload chain. Errors: Usage for pins that can't be followed
    /// (pins.h).
    static Result<PlanSearch> create(SearchFacts facts, const std::vector<StagePlan>& chain, Forecaster forecaster);

    /// Makes the dry runs that a plan for this budget needs. Errors: the forecaster's.
    Result<void> settle(std::int64_t budget_bytes);
    /// Makes all dry runs that can change a choice at any budget. Errors: the forecaster's.
    Result<void> complete();

    /// All that has been found; without remedies (remedies.h). At least settle() must have succeeded.
    PlanOutlook outlook() const;
    int dry_runs() const;

private:
    PlanSearch(SearchFacts facts, Forecaster forecaster);
    template <typename Action>
    Result<void> for_stages(const Action& action);

    std::unique_ptr<SearchFacts> m_facts;  ///< The stages point at it.
    Forecaster m_forecaster;
    std::vector<StageSearch> m_stages;
};

}  // namespace headroom

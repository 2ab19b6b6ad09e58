#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/engine/outlook.h"
#include "core/planner/candidates.h"
#include "core/planner/forecast.h"
#include "core/planner/frontier.h"

namespace headroom {

/// A dry run: what computing a stage in this way (denoise, vae) would take; weights are left to arithmetic.
using Forecaster = std::function<Result<StageForecast>(const StagePlan& way)>;

/// Where the weights of a component may lie, as far as the pins leave a choice: whole while the stage runs, on the host or not
/// loaded for the text encoder, streamed with every number of resident blocks and 1 to 3 slots.
std::vector<memory::WeightPlan> weight_plans_of(const StageForecast& forecast, const SearchFacts& facts);

/// The search for one stage: dry runs are made when they are needed, and what they found is kept. One thread uses it; the facts
/// must outlive it.
class StageSearch {
public:
    StageSearch(const StagePlan& stage, const SearchFacts& facts);

    /// Makes the dry runs that a plan for this budget needs, from the fastest way on; ways that change pixels only when no exact
    /// one fits. Errors: the forecaster's.
    Result<void> settle(std::int64_t budget_bytes, const Forecaster& forecast);
    /// Makes every dry run that can still change a choice at any budget. Errors: the forecaster's.
    Result<void> complete(const Forecaster& forecast);

    /// The choices among the ways tried so far.
    StageChoices choices() const;

    /// Weights of other stages that stay on the device meanwhile; added to every peak.
    void set_carried_bytes(std::int64_t size_bytes);
    /// What this stage leaves for later ones: its weights, when they are pinned to stay for the whole run.
    std::int64_t carries_bytes() const;
    /// What an earlier run left of this stage for earlier stages of this one: its weights, where they are pinned to stay.
    std::int64_t kept_bytes() const;
    int dry_runs() const { return int(m_forecasts.size()); }

private:
    struct LadderState {
        Ladder ladder;
        bool exact = true;
        bool finished = false;
        std::vector<std::optional<std::size_t>> tried;  ///< Rung → index into m_forecasts.
    };

    struct Tried {
        StageForecast forecast;
        StagePlan way;
        std::int64_t least_peak_bytes = 0;  ///< Without what stays of other stages; of ways that don't swap.
    };

    void add_ladder(Ladder ladder, bool exact);
    Result<void> climb_down(LadderState& state, std::int64_t budget_bytes, const Forecaster& forecast);
    Result<void> finish(LadderState& state, const Forecaster& forecast);
    Result<bool> try_rung(LadderState& state, std::size_t rung, const Forecaster& forecast);
    bool rung_fits(const LadderState& state, std::size_t rung, std::int64_t budget_bytes) const;
    std::optional<double> best_seconds(std::int64_t budget_bytes, bool exact) const;
    bool settled(std::int64_t budget_bytes) const;
    bool every_exact_choice_is_fast() const;
    const std::vector<ChoicePoint>& points(bool exact) const { return exact ? m_exact : m_approximate; }
    std::int64_t around_bytes(const memory::WeightPlan& weights) const;
    void add_around(StagePlan& plan) const;
    StagePlan plan_of(const ChoicePoint& point) const;

    const SearchFacts* m_facts;
    StagePlan m_stage;
    std::vector<LadderState> m_ladders;  ///< Exact ones first.
    std::vector<Tried> m_forecasts;
    std::vector<ChoicePoint> m_exact;  ///< Frontiers of what has been tried.
    std::vector<ChoicePoint> m_approximate;
    std::int64_t m_carried_bytes = 0;
    bool m_not_loaded = false;
};

}  // namespace headroom

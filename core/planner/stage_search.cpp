#include "core/planner/stage_search.h"

#include <algorithm>
#include <limits>

#include "core/planner/cost.h"

namespace headroom {

namespace {

using memory::Residency;
using memory::WeightPlan;

/// Nothing is worth another dry run that can't make the stage faster by more than this.
constexpr double kFastEnough = 1.01;
constexpr std::size_t kMostChoices = 48;
constexpr int kMostSlots = 3;
/// The peak of a way that never fits; far from overflow.
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max() / 2;
/// Dry runs in a row that bring nothing before the rest of a ladder is given up.
constexpr std::size_t kPatience = 2;

std::optional<Residency> pinned_residency(Stage stage, const Pins& pins)
{
    if (stage == Stage::EncodeText) return pins.text_residency;
    if (stage != Stage::Denoise) return std::nullopt;
    return pins.resident_blocks ? Residency::Streamed : pins.denoiser_residency;
}

bool swaps(const ChoicePoint& point, std::int64_t host_free_bytes)
{
    return host_free_bytes > 0 && point.host_bytes > host_free_bytes;
}

/// Leaves out what would make the computer swap. Where that is everything, the least of it stays, so that a refusal can name
/// what is missing: plans are read off with the host's limit.
std::vector<ChoicePoint> without_swapping(std::vector<ChoicePoint> points, std::int64_t host_free_bytes)
{
    if (points.empty()) return points;
    const ChoicePoint least = *std::ranges::min_element(points, {}, &ChoicePoint::host_bytes);
    std::erase_if(points, [&](const ChoicePoint& point) { return swaps(point, host_free_bytes); });
    if (points.empty()) points.push_back(least);
    return points;
}

bool has_way(const std::vector<ChoicePoint>& frontier, std::size_t way)
{
    return std::ranges::any_of(frontier, [&](const ChoicePoint& point) { return point.way == way; });
}

/// Adds to the part of that kind.
void add(StagePlan& plan, MemoryKind kind, std::int64_t size_bytes)
{
    if (size_bytes == 0) return;
    const auto part = std::ranges::find(plan.parts, kind, &MemoryPart::kind);
    if (part == plan.parts.end()) {
        plan.parts.push_back({kind, size_bytes});
    } else {
        part->size_bytes += size_bytes;
    }
}

}  // namespace

std::vector<WeightPlan> weight_plans_of(const StageForecast& forecast, const SearchFacts& facts)
{
    const bool text = forecast.stage == Stage::EncodeText;
    const auto pin = pinned_residency(forecast.stage, facts.pins);
    if (pin && *pin != Residency::Streamed) return {{.residency = *pin}};
    if (text && facts.cached_encoders.contains(forecast.component) && !pin) return {{.residency = Residency::NotLoaded}};

    std::vector<WeightPlan> plans;
    if (!pin) {
        plans.push_back({.residency = Residency::WhileStageRuns});
        if (text && !facts.device_is_host) plans.push_back({.residency = Residency::OnHost});
    }
    const int blocks = int(forecast.blocks.size());
    const bool pinned_blocks = forecast.stage == Stage::Denoise && facts.pins.resident_blocks.has_value();
    const int first = pinned_blocks ? std::min(*facts.pins.resident_blocks, blocks) : 0;
    const int last = pinned_blocks ? first : blocks - 1;
    for (int resident = first; resident <= last; ++resident) {
        for (int slots = 1; slots <= std::max(1, std::min(kMostSlots, blocks - resident)); ++slots) {
            plans.push_back({.residency = Residency::Streamed, .resident_blocks = resident, .slots = slots});
        }
    }
    return plans;
}

StageSearch::StageSearch(const StagePlan& stage, const SearchFacts& facts) : m_facts(&facts), m_stage(stage)
{
    const auto pin = pinned_residency(stage.stage, facts.pins);
    m_not_loaded = stage.stage == Stage::EncodeText &&
                   (pin == Residency::NotLoaded || (facts.cached_encoders.contains(stage.component) && !pin));
    if (m_not_loaded) return;
    Ladders ladders = ladders_of(stage, facts);
    for (Ladder& ladder : ladders.exact) add_ladder(std::move(ladder), true);
    for (Ladder& ladder : ladders.approximate) add_ladder(std::move(ladder), false);
}

void StageSearch::add_ladder(Ladder ladder, bool exact)
{
    LadderState state;
    state.tried.resize(ladder.rungs.size());
    state.ladder = std::move(ladder);
    state.exact = exact;
    m_ladders.push_back(std::move(state));
}

void StageSearch::set_carried_bytes(std::int64_t size_bytes)
{
    const std::int64_t more = size_bytes - m_carried_bytes;
    for (auto* frontier : {&m_exact, &m_approximate}) {
        for (ChoicePoint& point : *frontier) point.peak_bytes += more;
    }
    m_carried_bytes = size_bytes;
}

std::int64_t StageSearch::carries_bytes() const
{
    const bool stays = pinned_residency(m_stage.stage, m_facts->pins) == Residency::WholeRun;
    return stays && !m_forecasts.empty() ? weight_bytes(m_forecasts.front().forecast) : 0;
}

std::int64_t StageSearch::kept_bytes() const
{
    const auto kept = m_facts->kept_bytes.find(m_stage.component);
    const bool stays = pinned_residency(m_stage.stage, m_facts->pins) == Residency::WholeRun;
    return stays && kept != m_facts->kept_bytes.end() ? kept->second : 0;
}

/// Makes the rung's dry run if none was made, and says whether it brought a choice that wasn't there.
Result<bool> StageSearch::try_rung(LadderState& state, std::size_t rung, const Forecaster& forecast)
{
    if (state.tried[rung]) return has_way(points(state.exact), *state.tried[rung]);
    const StagePlan& way = state.ladder.rungs[rung];
    StageForecast found = TRY(forecast(way));
    found.stage = way.stage;
    found.denoise = way.denoise;
    found.vae = way.vae;
    const auto needed_before = m_facts->workspaces.find({way.stage, way.component});
    const std::int64_t learned_bytes = needed_before == m_facts->workspaces.end() ? 0 : needed_before->second;
    found.workspace_bytes = std::max(m_facts->card.workspace_bytes, learned_bytes) + m_facts->card.allocator_bytes;
    found.workspace_share = m_facts->card.allocator_share;
    const std::size_t index = m_forecasts.size();
    state.tried[rung] = index;

    auto& frontier = state.exact ? m_exact : m_approximate;
    std::vector<ChoicePoint> all = std::move(frontier);
    std::int64_t least_peak_bytes = kNever;
    for (const WeightPlan& weights : weight_plans_of(found, *m_facts)) {
        ChoicePoint point{.way = index, .weights = weights};
        point.peak_bytes = peak_bytes(found, weights, nullptr, kept_bytes() > 0) + around_bytes(weights);
        point.seconds = stage_seconds(found, weights, *m_facts);
        point.host_bytes = m_facts->device_is_host ? 0 : host_bytes(found, weights);
        if (!swaps(point, m_facts->host_free_bytes)) least_peak_bytes = std::min(least_peak_bytes, point.peak_bytes);
        point.peak_bytes += m_carried_bytes;
        all.push_back(point);
    }
    frontier = pareto_frontier(without_swapping(std::move(all), m_facts->host_free_bytes));
    m_forecasts.push_back({std::move(found), way, least_peak_bytes});
    return has_way(frontier, index);
}

bool StageSearch::rung_fits(const LadderState& state, std::size_t rung, std::int64_t budget_bytes) const
{
    return m_forecasts[*state.tried[rung]].least_peak_bytes + m_carried_bytes <= budget_bytes;
}

std::optional<double> StageSearch::best_seconds(std::int64_t budget_bytes, bool exact) const
{
    std::optional<double> best;
    for (const ChoicePoint& point : points(exact)) {
        if (point.peak_bytes <= budget_bytes) best = point.seconds;
    }
    return best;
}

bool StageSearch::settled(std::int64_t budget_bytes) const
{
    const auto best = best_seconds(budget_bytes, true);
    return best && *best <= kFastEnough * m_exact.back().seconds;
}

bool StageSearch::every_exact_choice_is_fast() const
{
    return !m_exact.empty() && m_exact.front().seconds <= kFastEnough * m_exact.back().seconds;
}

Result<void> StageSearch::climb_down(LadderState& state, std::int64_t budget_bytes, const Forecaster& forecast)
{
    const std::size_t last = state.ladder.rungs.size() - 1;
    std::size_t rung = 0;
    TRY(try_rung(state, 0, forecast));
    if (!rung_fits(state, 0, budget_bytes)) {
        TRY(try_rung(state, last, forecast));
        if (!rung_fits(state, last, budget_bytes)) return {};
        std::size_t too_large = 0;
        for (rung = last; rung - too_large > 1;) {
            const std::size_t middle = (too_large + rung) / 2;
            TRY(try_rung(state, middle, forecast));
            (rung_fits(state, middle, budget_bytes) ? rung : too_large) = middle;
        }
    }
    // Smaller pieces leave room for more weights: go on as long as that pays.
    for (std::size_t in_vain = 0; in_vain < kPatience && rung < last && !(state.exact && settled(budget_bytes));) {
        const auto before = best_seconds(budget_bytes, state.exact);
        TRY(try_rung(state, ++rung, forecast));
        const auto after = best_seconds(budget_bytes, state.exact);
        in_vain = before && *after * kFastEnough > *before ? in_vain + 1 : 0;
    }
    return {};
}

Result<void> StageSearch::settle(std::int64_t budget_bytes, const Forecaster& forecast)
{
    for (LadderState& state : m_ladders) {
        if (state.exact ? settled(budget_bytes) : best_seconds(budget_bytes, true).has_value()) continue;
        TRY(climb_down(state, budget_bytes, forecast));
    }
    return {};
}

Result<void> StageSearch::finish(LadderState& state, const Forecaster& forecast)
{
    // The ends first: the last rung decides the minimum. Rungs before the first that brings something may all be worse than what
    // other ladders have; behind it, peaks that no longer fall end the walk.
    const std::size_t last = state.ladder.rungs.size() - 1;
    bool brought = TRY(try_rung(state, 0, forecast));
    const bool worthwhile = TRY(try_rung(state, last, forecast)) || brought;
    for (std::size_t rung = 1, in_vain = 0; worthwhile && rung < last && in_vain < kPatience; ++rung) {
        const bool brings = TRY(try_rung(state, rung, forecast));
        brought = brought || brings;
        in_vain = brings || !brought ? 0 : in_vain + 1;
    }
    state.finished = true;
    return {};
}

Result<void> StageSearch::complete(const Forecaster& forecast)
{
    for (LadderState& state : m_ladders) {
        const bool pointless = !state.ladder.may_need_less && every_exact_choice_is_fast();
        if (!state.finished && !pointless) TRY(finish(state, forecast));
    }
    return {};
}

/// What a card holds whatever the stage does: its context and, where the stage's own forecast counts none, what libraries and the
/// allocator keep.
std::int64_t StageSearch::around_bytes(const WeightPlan& weights) const
{
    const bool elsewhere = weights.residency == Residency::OnHost || weights.residency == Residency::NotLoaded;
    return m_facts->card.context_bytes + (elsewhere ? m_facts->card.workspace_bytes + m_facts->card.allocator_bytes : 0);
}

void StageSearch::add_around(StagePlan& plan) const
{
    add(plan, MemoryKind::Workspace, around_bytes(plan.weights) - m_facts->card.context_bytes);
    add(plan, MemoryKind::Context, m_facts->card.context_bytes);
}

StagePlan StageSearch::plan_of(const ChoicePoint& point) const
{
    const auto& [forecast, way, least_peak_bytes] = m_forecasts[point.way];
    StagePlan plan = way;
    plan.weights = point.weights;
    plan.predicted_peak_bytes = point.peak_bytes;
    plan.predicted_host_bytes = point.host_bytes;
    plan.predicted_seconds = point.seconds;
    plan.blocks = int(forecast.blocks.size());
    plan.file_bytes = file_bytes(forecast);
    plan.kept_before = kept_bytes() > 0;
    peak_bytes(forecast, point.weights, &plan.parts, plan.kept_before);
    add(plan, MemoryKind::Weights, m_carried_bytes);
    add_around(plan);
    return plan;
}

StageChoices StageSearch::choices() const
{
    StageChoices choices;
    if (m_not_loaded) {
        StagePlan plan = m_stage;
        plan.weights.residency = Residency::NotLoaded;
        // Those of the model's other encoders are there as well.
        std::int64_t embedding_bytes = 0;
        for (const auto& [component, size_bytes] : m_facts->cached_encoders) embedding_bytes += size_bytes;
        plan.predicted_peak_bytes = m_carried_bytes + embedding_bytes + around_bytes(plan.weights);
        if (m_carried_bytes > 0) plan.parts.push_back({MemoryKind::Weights, m_carried_bytes});
        if (embedding_bytes > 0) plan.parts.push_back({MemoryKind::Activations, embedding_bytes});
        add_around(plan);
        choices.exact.push_back(std::move(plan));
        return choices;
    }
    for (const bool exact : {true, false}) {
        std::vector<ChoicePoint> frontier = points(exact);
        thin_frontier(frontier, kMostChoices);
        for (const ChoicePoint& point : frontier) (exact ? choices.exact : choices.approximate).push_back(plan_of(point));
    }
    return choices;
}

}  // namespace headroom

#include "core/engine/plan_choice.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "core/base/byte_size.h"
#include "core/base/counted.h"
#include "core/planner/plan_words.h"

namespace headroom {

namespace {

constexpr double kNoticeable = 1.01;
constexpr std::size_t kMostRemediesNamed = 2;
// A card sold as 24 GB reports 23.6 GiB.
constexpr double kNamedTooLarge = 1.05;

std::array<const std::vector<StagePlan>*, 2> in_preference(const StageChoices& choices)
{
    return {&choices.exact, &choices.approximate};
}

/// What ways may use of the computer's memory; no limit where none is known.
std::int64_t host_limit(const PlanOutlook& outlook)
{
    return outlook.host_free_bytes > 0 ? outlook.host_free_bytes : std::numeric_limits<std::int64_t>::max();
}

/// What a run may take of the device as things are; where that is the computer's memory, of what is free there.
std::int64_t free_for_run(const PlanOutlook& outlook)
{
    const std::int64_t free_bytes = outlook.device_bytes - outlook.others_bytes;
    return outlook.device == "cpu" ? std::min(free_bytes, host_limit(outlook)) : free_bytes;
}

const StagePlan* fastest_within(const std::vector<StagePlan>& ways, std::int64_t budget_bytes, std::int64_t host_bytes)
{
    const StagePlan* fastest = nullptr;
    for (const StagePlan& way : ways) {
        if (way.predicted_peak_bytes > budget_bytes || way.predicted_host_bytes > host_bytes) continue;
        if (!fastest || way.predicted_seconds < fastest->predicted_seconds) fastest = &way;
    }
    return fastest;
}

const StagePlan* choice_within(const StageChoices& choices, std::int64_t budget_bytes, std::int64_t host_bytes)
{
    for (const std::vector<StagePlan>* ways : in_preference(choices)) {
        if (const StagePlan* way = fastest_within(*ways, budget_bytes, host_bytes)) return way;
    }
    return nullptr;
}

/// The smallest peak among ways that the computer's memory allows.
std::optional<std::int64_t> least_peak(const std::vector<StagePlan>& ways, std::int64_t host_bytes)
{
    std::optional<std::int64_t> least;
    for (const StagePlan& way : ways) {
        if (way.predicted_host_bytes <= host_bytes)
            least = std::min(least.value_or(way.predicted_peak_bytes), way.predicted_peak_bytes);
    }
    return least;
}

std::optional<std::int64_t> least_peak(const StageChoices& choices, std::int64_t host_bytes)
{
    const auto exact = least_peak(choices.exact, host_bytes);
    const auto approximate = least_peak(choices.approximate, host_bytes);
    if (!exact || !approximate) return exact ? exact : approximate;
    return std::min(*exact, *approximate);
}

tl::unexpected<Error> refuse_for_host(const StageChoices& choices, const PlanOutlook& outlook)
{
    const StagePlan* least = nullptr;
    for (const std::vector<StagePlan>* ways : in_preference(choices)) {
        for (const StagePlan& way : *ways) {
            if (!least || way.predicted_host_bytes < least->predicted_host_bytes) least = &way;
        }
    }
    if (!least) return fail(ErrorCode::Internal, "No way to run a stage has been forecast");
    return fail(ErrorCode::DoesNotFit,
                "The {} needs {} of the computer's memory besides the device, and {} are free: close other programs, or ask for "
                "fewer frames or a smaller size",
                words_of(least->stage), format_needed_size(least->predicted_host_bytes),
                format_byte_size(outlook.host_free_bytes));
}

tl::unexpected<Error> refuse_for_device(const PlanOutlook& outlook, std::int64_t budget_bytes)
{
    const std::int64_t minimum = minimum_budget_bytes(outlook);
    const auto largest = std::ranges::find_if(
        outlook.stages, [&](const StageChoices& choices) { return least_peak(choices, host_limit(outlook)) == minimum; });
    const StagePlan& way = largest->exact.empty() ? largest->approximate.front() : largest->exact.front();
    std::string help;
    std::size_t named = 0;
    for (const Remedy& remedy : outlook.remedies) {
        if (remedy.minimum_budget_bytes > budget_bytes || named == kMostRemediesNamed) continue;
        help += (named++ == 0 ? ". This would help as well: " : "; ") + remedy.sentence;
    }
    if (named == 0)
        help = outlook.remedies_sought ? "; neither fewer frames nor a smaller size would fit"
                                       : ", or ask for fewer frames or a smaller size";
    const bool look_alike = format_byte_size(budget_bytes) == format_needed_size(minimum);
    return fail(ErrorCode::DoesNotFit, "{} {} too little: the {} needs at least {}. Give a budget of {} or more{}",
                look_alike ? counted(budget_bytes, "byte") : format_byte_size(budget_bytes), budget_bytes == 1 ? "is" : "are",
                words_of(way.stage), look_alike ? counted(minimum, "byte") : format_needed_size(minimum),
                format_needed_size(minimum), help);
}

/// Whether `next` can be read into the computer's memory while `now` computes, without taking from it what it needs there.
Prefetch prefetch_of(const StagePlan& next, const StagePlan& now, const PlanOutlook& outlook)
{
    const bool on_host = outlook.device == "cpu";
    std::int64_t in_use = on_host ? now.predicted_peak_bytes : now.predicted_host_bytes;
    if (now.weights.residency == memory::Residency::Streamed) in_use += now.file_bytes;  // read again and again
    return next.file_bytes <= host_limit(outlook) - in_use ? Prefetch::Ahead : Prefetch::NoRoom;
}

/// Settles for each component that takes over from another of its stage whether its files are fetched ahead.
void plan_prefetch(std::vector<StagePlan>& stages, const PlanOutlook& outlook)
{
    for (std::size_t i = 1; i < stages.size(); ++i) {
        if (stages[i].stage != Stage::Denoise || stages[i - 1].stage != Stage::Denoise || stages[i].kept_before) continue;
        stages[i].prefetch = prefetch_of(stages[i], stages[i - 1], outlook);
    }
}

double seconds_of(const std::vector<const StagePlan*>& stages)
{
    double seconds = 0;
    for (const StagePlan* stage : stages) seconds += stage->predicted_seconds;
    return seconds;
}

/// The chosen ways for a budget; empty when one stage has none.
std::vector<const StagePlan*> chosen_within(const PlanOutlook& outlook, std::int64_t budget_bytes)
{
    std::vector<const StagePlan*> stages;
    for (const StageChoices& choices : outlook.stages) {
        const StagePlan* way = choice_within(choices, budget_bytes, host_limit(outlook));
        if (!way) return {};
        stages.push_back(way);
    }
    return stages;
}

bool streams(const std::vector<const StagePlan*>& stages)
{
    return std::ranges::any_of(stages,
                               [](const StagePlan* stage) { return stage->weights.residency == memory::Residency::Streamed; });
}

bool exact(const std::vector<const StagePlan*>& stages)
{
    return std::ranges::all_of(stages, [](const StagePlan* stage) { return stage->exact; });
}

std::string change_words(const std::vector<const StagePlan*>& before, const std::vector<const StagePlan*>& after)
{
    std::string text;
    for (std::size_t i = 0; i < after.size(); ++i) {
        if (before[i] != after[i])
            text += fmt::format("{}the {} {}", text.empty() ? "" : "; ", words_of(after[i]->stage), way_words(*after[i]));
    }
    return text;
}

const char* mark_words(BreakpointKind kind)
{
    switch (kind) {
    case BreakpointKind::Minimum: return "the least that works";
    case BreakpointKind::ExactFromHere: return "exact from here on";
    case BreakpointKind::StreamingStops: return "streaming stops";
    case BreakpointKind::NothingFaster: return "nothing gets faster any more";
    case BreakpointKind::Change: break;
    }
    return "";
}

}  // namespace

Result<Plan> plan_within(const PlanOutlook& outlook, std::int64_t budget_bytes)
{
    Plan plan;
    plan.device = outlook.device;
    plan.dtype = outlook.dtype;
    plan.budget_bytes = budget_bytes;
    for (const StageChoices& choices : outlook.stages) {
        if (!least_peak(choices, host_limit(outlook))) return refuse_for_host(choices, outlook);
    }
    for (const StageChoices& choices : outlook.stages) {
        const StagePlan* way = choice_within(choices, budget_bytes, host_limit(outlook));
        if (!way) return refuse_for_device(outlook, budget_bytes);
        plan.stages.push_back(*way);
    }
    plan_prefetch(plan.stages, outlook);
    return plan;
}

Result<Plan> plan_for_now(const PlanOutlook& outlook, std::int64_t budget_bytes)
{
    if (double(budget_bytes) > kNamedTooLarge * double(outlook.device_bytes)) {
        return fail(ErrorCode::Usage, "--budget: {} are more than the {} that {} has. Give {} or less, or auto",
                    format_byte_size(budget_bytes), format_byte_size(outlook.device_bytes), outlook.device,
                    format_byte_size(outlook.device_bytes));
    }
    const std::int64_t free_bytes = free_for_run(outlook);
    if (budget_bytes <= free_bytes) return plan_within(outlook, budget_bytes);
    auto plan = plan_within(outlook, free_bytes);
    if (plan) {
        plan->budget_bytes = budget_bytes;
    } else if (plan.error().code == ErrorCode::DoesNotFit && plan_within(outlook, budget_bytes)) {
        return fail(ErrorCode::DoesNotFit,
                    "{} are needed and only {} of {} are free, whatever the budget: close other programs, or ask for fewer "
                    "frames or a smaller size",
                    format_needed_size(minimum_budget_bytes(outlook)), format_byte_size(free_bytes), outlook.device);
    }
    return plan;
}

std::int64_t minimum_budget_bytes(const PlanOutlook& outlook, bool exact_only)
{
    std::int64_t minimum = 0;
    for (const StageChoices& choices : outlook.stages) {
        const std::int64_t host_bytes = host_limit(outlook);
        const auto least = exact_only ? least_peak(choices.exact, host_bytes) : least_peak(choices, host_bytes);
        if (exact_only && !least) return 0;
        minimum = std::max(minimum, least.value_or(0));
    }
    return minimum;
}

std::vector<PlanBreakpoint> breakpoints(const PlanOutlook& outlook)
{
    const std::int64_t minimum = minimum_budget_bytes(outlook);
    std::set<std::int64_t> budgets{minimum};
    for (const StageChoices& choices : outlook.stages) {
        for (const std::vector<StagePlan>* ways : in_preference(choices)) {
            for (const StagePlan& way : *ways) budgets.insert(std::max(minimum, way.predicted_peak_bytes));
        }
    }
    const double fast_enough = kNoticeable * seconds_of(chosen_within(outlook, *budgets.rbegin()));
    std::vector<PlanBreakpoint> points;
    std::vector<const StagePlan*> before;
    bool nothing_faster = false;
    for (const std::int64_t budget : budgets) {
        const auto stages = chosen_within(outlook, budget);
        if (stages.empty() || stages == before) continue;
        PlanBreakpoint point;
        point.budget_bytes = budget;
        point.seconds = seconds_of(stages);
        point.exact = exact(stages);
        const bool fast = point.seconds <= fast_enough;
        if (before.empty()) {
            point.kind = BreakpointKind::Minimum;
        } else {
            point.seconds_before = seconds_of(before);
            point.change = change_words(before, stages);
            if (point.exact && !exact(before)) {
                point.kind = BreakpointKind::ExactFromHere;
            } else if (streams(before) && !streams(stages)) {
                point.kind = BreakpointKind::StreamingStops;
            } else if (fast && !nothing_faster) {
                point.kind = BreakpointKind::NothingFaster;
            }
        }
        point.what = mark_words(point.kind);
        nothing_faster = nothing_faster || fast;
        points.push_back(std::move(point));
        before = stages;
    }
    return points;
}

std::optional<StagePlan> next_cheaper(const PlanOutlook& outlook, const StageChoices& choices, const StagePlan& current)
{
    const std::int64_t less = current.predicted_peak_bytes - 1;
    // On the CPU the wall alone refuses, whatever is free.
    const std::int64_t now = outlook.device == "cpu" ? less : std::min(less, free_for_run(outlook));
    const auto any_host = std::numeric_limits<std::int64_t>::max();
    for (const std::int64_t limit : {now, less}) {
        const StagePlan* way = current.exact ? fastest_within(choices.exact, limit, any_host) : nullptr;
        if (!way) way = fastest_within(choices.approximate, limit, any_host);
        if (way) return *way;
    }
    return std::nullopt;
}

std::string format_needed_size(std::int64_t size_bytes)
{
    const std::int64_t unit = size_bytes >= kGiB ? kGiB : kMiB;
    if (size_bytes < kMiB) return format_byte_size(size_bytes);
    const std::int64_t tenths = (size_bytes * 10 + unit - 1) / unit;
    return fmt::format("{}.{} {}", tenths / 10, tenths % 10, unit == kGiB ? "GiB" : "MiB");
}

}  // namespace headroom

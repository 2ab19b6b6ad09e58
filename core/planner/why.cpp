#include <algorithm>
#include <cmath>

#include "core/base/byte_size.h"
#include "core/engine/plan_choice.h"
#include "core/planner/plan_words.h"

namespace headroom {

namespace {

/// Gains below this share of the run are not worth a sentence.
constexpr double kWorthSaying = 0.01;
/// The smallest step that brings most of what can be gained is the one to name.
constexpr double kMostOfTheGain = 0.8;

bool same_way(const StagePlan& left, const StagePlan& right)
{
    return left.denoise == right.denoise && left.vae == right.vae;
}

/// What more memory would make the stage do, to stand behind "would".
std::string gain_words(const StagePlan& now, const StagePlan& then)
{
    if (now.stage == Stage::EncodeText && then.weights.residency != memory::Residency::OnHost &&
        now.weights.residency == memory::Residency::OnHost) {
        return "run it on the device";
    }
    if (!(now.weights == then.weights)) {
        if (then.weights.residency != memory::Residency::Streamed) {
            return now.blocks > 1 ? fmt::format("keep all {} blocks there", now.blocks) : "keep all of its weights there";
        }
        if (then.weights.resident_blocks > now.weights.resident_blocks)
            return fmt::format("keep {} blocks there", then.weights.resident_blocks);
        if (same_way(now, then)) return "fetch more blocks ahead";
    }
    if (then.stage != Stage::Denoise && then.vae.method == VaeMethod::Whole && now.vae.method != VaeMethod::Whole)
        return "do whole frames at once";
    if (then.vae.method == VaeMethod::Strips && now.vae.method == VaeMethod::Strips && then.vae.strips != now.vae.strips) {
        return fmt::format("need {} strips instead of {}", then.vae.strips, now.vae.strips);
    }
    if (then.vae.cache == CachePlace::Device && now.vae.cache == CachePlace::Host) return "keep its cache on the device";
    return "do larger pieces at once";
}

std::string approximate_sentence(const StagePlan& stage, const StageChoices& choices, std::int64_t budget_bytes)
{
    const std::string way = fmt::format("The {} {}, which changes pixels", words_of(stage.stage), way_words(stage));
    if (choices.exact.empty()) return way + ": tiles are pinned.";
    const std::int64_t least = choices.exact.front().predicted_peak_bytes;
    return fmt::format("{}, since the smallest exact way needs {}: {} more would make it exact.", way, format_needed_size(least),
                       format_needed_size(least - budget_bytes));
}

/// The cheapest way that brings most of what the stage can gain.
const StagePlan& worthwhile(const StagePlan& now, const std::vector<StagePlan>& ways)
{
    const double gain = now.predicted_seconds - ways.back().predicted_seconds;
    const auto enough = [&](const StagePlan& way) {
        return now.predicted_seconds - way.predicted_seconds >= kMostOfTheGain * gain;
    };
    return *std::ranges::find_if(ways, enough);
}

}  // namespace

std::string why(const Plan& plan, const PlanOutlook& outlook)
{
    std::size_t slowest = 0;
    double largest_gain = 0;
    for (std::size_t i = 0; i < plan.stages.size() && i < outlook.stages.size(); ++i) {
        if (!plan.stages[i].exact) return approximate_sentence(plan.stages[i], outlook.stages[i], plan.budget_bytes);
        if (outlook.stages[i].exact.empty()) continue;
        const double gain = plan.stages[i].predicted_seconds - outlook.stages[i].exact.back().predicted_seconds;
        if (gain <= largest_gain) continue;
        largest_gain = gain;
        slowest = i;
    }
    const double total = plan.predicted_seconds();
    if (largest_gain <= 0) return "Every stage runs in its fastest way: more memory would change nothing.";

    const StagePlan& now = plan.stages[slowest];
    const StagePlan& then = worthwhile(now, outlook.stages[slowest].exact);
    const double share = (now.predicted_seconds - then.predicted_seconds) / total;
    const std::string way = fmt::format("The {} {}", words_of(now.stage), way_words(now));
    if (share < kWorthSaying) return way + ": more memory would make the run less than 1 % faster.";
    const std::int64_t missing = then.predicted_peak_bytes - plan.budget_bytes;
    if (missing <= 0) return way + ": a faster way would need more of the computer's memory than is free.";
    return fmt::format("{}; {} more would {}: the run would take {:.0f} % less time.", way, format_needed_size(missing),
                       gain_words(now, then), std::max(1.0, std::round(100 * share)));
}

}  // namespace headroom

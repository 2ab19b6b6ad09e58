#include "core/planner/remedies.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/counted.h"
#include "core/engine/plan_choice.h"

namespace headroom {

namespace {

std::vector<int> legal_below(const NumberRule& rule, int value)
{
    std::vector<int> numbers = rule.all();
    std::erase_if(numbers, [&](int number) { return number >= value; });
    return numbers;
}

std::int64_t volume(const RequestChange& change)
{
    return std::int64_t(change.width) * change.height * change.frames;
}

class Search {
public:
    Search(const RemedyFacts& facts, std::int64_t budget_bytes, const OutlookOf& outlook_of)
        : m_facts(facts), m_budget_bytes(budget_bytes), m_outlook_of(outlook_of)
    {
    }

    RequestChange unchanged() const { return {m_facts.width, m_facts.height, m_facts.frames, false}; }

    /// What the change needs, if that is inside the budget.
    Result<std::optional<std::int64_t>> needed(const RequestChange& change) const
    {
        const PlanOutlook outlook = TRY(m_outlook_of(change));
        const auto plan = plan_within(outlook, m_budget_bytes);
        if (plan) return std::optional(minimum_budget_bytes(outlook));
        if (plan.error().code == ErrorCode::DoesNotFit) return std::optional<std::int64_t>();
        return tl::unexpected(plan.error());
    }

    /// The largest of `count` changes, rising, that fits. What fits below one that does is taken for granted.
    template <typename ChangeAt>
    Result<std::optional<Remedy>> largest(int count, const ChangeAt& change_at) const
    {
        std::optional<Remedy> found;
        for (int low = 0, high = count - 1; low <= high;) {
            const int middle = low + (high - low + 1) / 2;
            const RequestChange change = change_at(middle);
            if (const auto bytes = TRY(needed(change))) {
                found = Remedy{.sentence = {},
                               .width = change.width,
                               .height = change.height,
                               .frames = change.frames,
                               .minimum_budget_bytes = *bytes};
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return found;
    }

    Result<std::optional<Remedy>> fewer_frames() const
    {
        const std::vector<int> shorter = legal_below(m_facts.frames_rule, m_facts.frames);
        auto remedy = TRY(largest(int(shorter.size()), [&](int index) {
            RequestChange change = unchanged();
            change.frames = shorter[std::size_t(index)];
            return change;
        }));
        if (remedy)
            remedy->sentence =
                fmt::format("{} instead of {} {} {}", counted(remedy->frames, "frame"), m_facts.frames,
                            remedy->frames == 1 ? "needs" : "need", format_needed_size(remedy->minimum_budget_bytes));
        return remedy;
    }

    Result<std::optional<Remedy>> smaller_size() const
    {
        const std::vector<int> narrower = legal_below(m_facts.width_rule, m_facts.width);
        auto remedy = TRY(largest(int(narrower.size()), [&](int index) {
            RequestChange change = unchanged();
            change.width = narrower[std::size_t(index)];
            const double height = double(m_facts.height) * change.width / m_facts.width;
            change.height = std::min(m_facts.height_rule.nearest(int(height + 0.5)), m_facts.height);
            return change;
        }));
        if (remedy) {
            remedy->sentence = fmt::format("{}x{} instead of {}x{} needs {}", remedy->width, remedy->height, m_facts.width,
                                           m_facts.height, format_needed_size(remedy->minimum_budget_bytes));
        }
        return remedy;
    }

    Result<std::optional<Remedy>> approximate_ways() const
    {
        if (!m_facts.vae_pinned_exact) return std::optional<Remedy>();
        RequestChange change = unchanged();
        change.approximate = true;
        const auto bytes = TRY(needed(change));
        if (!bytes) return std::optional<Remedy>();
        return std::optional(
            Remedy{.sentence = fmt::format("Tiles (≈), which change pixels, need {}", format_needed_size(*bytes)),
                   .approximate = true,
                   .minimum_budget_bytes = *bytes});
    }

private:
    const RemedyFacts& m_facts;
    std::int64_t m_budget_bytes;
    const OutlookOf& m_outlook_of;
};

}  // namespace

Result<std::vector<Remedy>> find_remedies(const RemedyFacts& facts, std::int64_t budget_bytes, const OutlookOf& outlook_of)
{
    const Search search(facts, budget_bytes, outlook_of);
    std::vector<std::pair<std::int64_t, Remedy>> ranked;
    const auto add = [&](const std::optional<Remedy>& remedy) {
        if (!remedy) return;
        const RequestChange change =
            remedy->approximate ? search.unchanged() : RequestChange{remedy->width, remedy->height, remedy->frames};
        ranked.emplace_back(volume(change), *remedy);
        Remedy& added = ranked.back().second;  // the numbers that stay as they are
        if (added.width == facts.width) added.width = 0;
        if (added.height == facts.height) added.height = 0;
        if (added.frames == facts.frames) added.frames = 0;
    };
    add(TRY(search.approximate_ways()));
    add(TRY(search.fewer_frames()));
    add(TRY(search.smaller_size()));
    std::ranges::stable_sort(ranked, [](const auto& left, const auto& right) { return left.first > right.first; });
    std::vector<Remedy> remedies;
    for (auto& [kept, remedy] : ranked) remedies.push_back(std::move(remedy));
    return remedies;
}

}  // namespace headroom

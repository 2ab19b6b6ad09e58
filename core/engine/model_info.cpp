#include "core/engine/model_info.h"

#include <algorithm>

#include <fmt/format.h>

namespace headroom {

namespace {

/// The largest `offset + k * step` that is not above `value`.
std::int64_t at_or_below(std::int64_t value, int offset, int step)
{
    const std::int64_t distance = value - offset;
    const std::int64_t steps = distance >= 0 ? distance / step : -((step - 1 - distance) / step);
    return offset + steps * step;
}

}  // namespace

int NumberRule::nearest(int value) const
{
    const int below = largest_up_to(value);
    if (below >= value) return below;
    std::int64_t above = at_or_below(value, offset, step) + step;
    if (second_offset) above = std::min(above, at_or_below(value, *second_offset, step) + step);
    return above > maximum || std::int64_t(value) - below <= above - value ? below : int(above);
}

int NumberRule::largest_up_to(int value) const
{
    const int most = std::clamp(value, minimum, maximum);
    std::int64_t largest = at_or_below(most, offset, step);
    if (second_offset) largest = std::max(largest, at_or_below(most, *second_offset, step));
    if (largest >= minimum) return int(largest);
    std::int64_t smallest = at_or_below(minimum - 1, offset, step) + step;
    if (second_offset) smallest = std::min(smallest, at_or_below(minimum - 1, *second_offset, step) + step);
    return int(smallest);
}

std::vector<int> NumberRule::all() const
{
    std::vector<int> numbers;
    for (const std::optional<int> first : {std::optional(offset), second_offset}) {
        if (!first) continue;
        for (std::int64_t number = at_or_below(minimum - 1, *first, step) + step; number <= maximum; number += step)
            numbers.push_back(int(number));
    }
    std::ranges::sort(numbers);
    return numbers;
}

std::string NumberRule::words(std::string_view between) const
{
    const auto of = [this](int first) {
        const std::string multiple = step == 1 ? "k" : fmt::format("{}k", step);
        return first % step == 0 ? multiple : fmt::format("{}+{}", multiple, first % step);
    };
    return second_offset ? fmt::format("{}{}{}", of(*second_offset), between, of(offset)) : of(offset);
}

}  // namespace headroom

#include "core/planner/frontier.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace headroom {

namespace {

constexpr double kFaster = 1 - 1e-6;

}  // namespace

std::vector<ChoicePoint> pareto_frontier(std::vector<ChoicePoint> points)
{
    std::ranges::stable_sort(points, [](const ChoicePoint& left, const ChoicePoint& right) {
        return std::pair(left.peak_bytes, left.seconds) < std::pair(right.peak_bytes, right.seconds);
    });
    std::vector<ChoicePoint> frontier;
    for (const ChoicePoint& point : points) {
        if (frontier.empty() || point.seconds < frontier.back().seconds * kFaster) frontier.push_back(point);
    }
    return frontier;
}

void thin_frontier(std::vector<ChoicePoint>& frontier, std::size_t limit)
{
    while (frontier.size() > std::max<std::size_t>(limit, 2)) {
        std::size_t least = 1;
        double least_loss = std::numeric_limits<double>::infinity();
        for (std::size_t i = 1; i + 1 < frontier.size(); ++i) {
            const double loss =
                (frontier[i - 1].seconds - frontier[i].seconds) * double(frontier[i + 1].peak_bytes - frontier[i].peak_bytes);
            if (loss >= least_loss) continue;
            least_loss = loss;
            least = i;
        }
        frontier.erase(frontier.begin() + std::ptrdiff_t(least));
    }
}

}  // namespace headroom

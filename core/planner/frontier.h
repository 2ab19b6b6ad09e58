#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/memory/weight_plan.h"

namespace headroom {

/// One way of doing a stage, as far as choosing is concerned.
struct ChoicePoint {
    std::int64_t peak_bytes = 0;
    double seconds = 0;
    std::int64_t host_bytes = 0;
    std::size_t way = 0;  ///< Which of the forecasts.
    memory::WeightPlan weights;
};

/// The points worth choosing from, by rising peak, each faster than all before it (by more than rounding). Of equally fast ones
/// the smaller peak stays, of equal ones the first.
std::vector<ChoicePoint> pareto_frontier(std::vector<ChoicePoint> points);

/// Leaves at most `limit` (2 or more) points of a frontier, the first and the last always; those go first whose loss costs least:
/// seconds lost times the range of budgets that loses them.
void thin_frontier(std::vector<ChoicePoint>& frontier, std::size_t limit);

}  // namespace headroom

#pragma once

#include "core/base/result.h"
#include "core/planner/search_facts.h"

namespace headroom {

/// Refuses what a person pinned when no plan can follow it. Errors: Usage, one sentence: for two pins that contradict each other,
/// or a pin and the request, it names both; for a value that no plan takes, the values that are.
Result<void> check_pins(const SearchFacts& facts);

}  // namespace headroom

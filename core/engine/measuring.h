#pragma once

#include <functional>
#include <string>

namespace headroom {

/// The CPU's name as the system gives it; "unknown" where it gives none.
std::string processor_name();

/// Seconds that `action` takes at best in a few runs after a first one that is not counted (it pays for choosing kernels).
/// Stops early once the runs have taken `enough_seconds` together.
double shortest_seconds(const std::function<void()>& action, double enough_seconds = 0.1);

}  // namespace headroom

#include "core/engine/measuring.h"

#include <algorithm>
#include <fstream>
#include <limits>

#include "core/engine/stage_meter.h"

namespace headroom {

namespace {

constexpr int kRepeats = 3;

}  // namespace

std::string processor_name()
{
    std::ifstream cpuinfo("/proc/cpuinfo");
    for (std::string line; std::getline(cpuinfo, line);) {
        if (line.starts_with("model name")) return line.substr(line.find(':') + 1);
    }
    return "unknown";
}

double shortest_seconds(const std::function<void()>& action, double enough_seconds)
{
    const Stopwatch all;
    action();
    double shortest = all.seconds() > enough_seconds ? all.seconds() : std::numeric_limits<double>::infinity();
    for (int repeat = 0; repeat < kRepeats && all.seconds() <= enough_seconds; ++repeat) {
        const Stopwatch watch;
        action();
        shortest = std::min(shortest, watch.seconds());
    }
    return shortest;
}

}  // namespace headroom

#pragma once

#include <chrono>

#include "core/device/devices.h"
#include "core/engine/events.h"
#include "core/engine/plan.h"
#include "core/engine/run_report.h"

namespace headroom {

/// Seconds since a moment.
class Stopwatch {
public:
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count(); }

private:
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

/// Measures one stage from its construction to finish(): tells the listener of its start, progress and end, and adds its cost, beside what the
/// plan forecast, to the report.
class StageMeter {
public:
    StageMeter(Stage stage, int total, const Devices& devices, at::Device device, RunListener& listener);

    void progressed(int done, int total);
    void finish(const StagePlan& plan, RunReport& report);

private:
    Stage m_stage;
    const Devices& m_devices;
    at::Device m_device;
    RunListener& m_listener;
    Stopwatch m_watch;
};

}  // namespace headroom

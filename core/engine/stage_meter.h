#pragma once

#include <chrono>
#include <string>

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

/// Measures one stage from its construction to finish(): tells the listener of its start, progress and end, and adds its cost,
/// beside what the plan forecast, to the report. A stage that several components take in turns has one meter.
class StageMeter {
public:
    /// component: that begins.
    StageMeter(Stage stage, std::string component, int total, const Devices& devices, at::Device device, RunListener& listener);

    void progressed(int done, int total);
    /// The component of `plan` is done and `next` goes on with the stage.
    void hand_over(const StagePlan& plan, const std::string& next, RunReport& report);
    void finish(const StagePlan& plan, RunReport& report) { end(plan, report, true); }

private:
    void end(const StagePlan& plan, RunReport& report, bool ends_stage);

    Stage m_stage;
    std::string m_component;
    const Devices& m_devices;
    at::Device m_device;
    RunListener& m_listener;
    Stopwatch m_watch;
    double m_seconds_before = 0;  ///< Of the components that are done.
};

}  // namespace headroom

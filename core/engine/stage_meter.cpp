#include "core/engine/stage_meter.h"

#include <algorithm>
#include <utility>

namespace headroom {

StageMeter::StageMeter(Stage stage, std::string component, int total, const Devices& devices, at::Device device,
                       RunListener& listener)
    : m_stage(stage), m_component(std::move(component)), m_devices(devices), m_device(device), m_listener(listener)
{
    m_devices.restart_peak(m_device);
    m_listener.stage_started(m_stage, total);
}

void StageMeter::progressed(int done, int total)
{
    m_listener.stage_progressed({m_stage, m_component, done, total, m_watch.seconds(), m_devices.peak_bytes(m_device)});
}

void StageMeter::hand_over(const StagePlan& plan, const std::string& next, RunReport& report)
{
    end(plan, report, false);
    m_component = next;
}

void StageMeter::end(const StagePlan& plan, RunReport& report, bool ends_stage)
{
    const double seconds = m_watch.seconds();
    StageReport stage;
    stage.stage = m_stage;
    stage.component = plan.component;
    stage.ends_stage = ends_stage;
    stage.seconds = seconds - m_seconds_before;
    stage.predicted_peak_bytes = plan.predicted_peak_bytes;
    stage.predicted_seconds = plan.predicted_seconds;
    stage.measured_peak_bytes = m_devices.peak_bytes(m_device);
    stage.tensor_peak_bytes = m_devices.tensor_peak_bytes(m_device);
    m_devices.release_cached(m_device);
    m_devices.restart_peak(m_device);
    m_seconds_before = seconds;
    report.stages.push_back(stage);
    report.peak_bytes = std::max(report.peak_bytes, stage.measured_peak_bytes);
    m_listener.stage_finished(stage);
}

}  // namespace headroom

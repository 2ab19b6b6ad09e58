#include "core/engine/stage_meter.h"

#include <algorithm>

namespace headroom {

StageMeter::StageMeter(Stage stage, int total, const Devices& devices, at::Device device, RunListener& listener)
    : m_stage(stage), m_devices(devices), m_device(device), m_listener(listener)
{
    m_devices.restart_peak(m_device);
    m_listener.stage_started(m_stage, total);
}

void StageMeter::progressed(int done, int total)
{
    m_listener.stage_progressed({m_stage, done, total, m_watch.seconds(), m_devices.peak_bytes(m_device)});
}

void StageMeter::finish(const StagePlan& plan, RunReport& report)
{
    StageReport stage;
    stage.stage = m_stage;
    stage.seconds = m_watch.seconds();
    stage.predicted_peak_bytes = plan.predicted_peak_bytes;
    stage.predicted_seconds = plan.predicted_seconds;
    stage.measured_peak_bytes = m_devices.peak_bytes(m_device);
    m_devices.release_cached(m_device);
    report.stages.push_back(stage);
    report.peak_bytes = std::max(report.peak_bytes, stage.measured_peak_bytes);
    m_listener.stage_finished(stage);
}

}  // namespace headroom

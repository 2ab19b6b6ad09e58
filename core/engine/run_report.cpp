#include "core/engine/run_report.h"

#include <nlohmann/json.hpp>

#include "core/engine/plan_json.h"

namespace headroom {

std::string to_json(const RunReport& report)
{
    nlohmann::ordered_json stages = nlohmann::ordered_json::array();
    for (const StageReport& stage : report.stages) {
        stages.push_back({{"name", stage_name(stage.stage)},
                          {"component", stage.component},
                          {"seconds", stage.seconds},
                          {"predicted_seconds", stage.predicted_seconds},
                          {"predicted_peak_bytes", stage.predicted_peak_bytes},
                          {"measured_peak_bytes", stage.measured_peak_bytes},
                          {"tensor_peak_bytes", stage.tensor_peak_bytes}});
    }
    nlohmann::ordered_json outputs = nlohmann::ordered_json::array();
    for (const auto& path : report.outputs) outputs.push_back(path.string());

    nlohmann::ordered_json json = {
        {"device", report.plan.device},
        {"dtype", compute_dtype_name(report.plan.dtype)},
        {"budget_bytes", report.plan.budget_bytes},
        {"plan", plan_stages_json(report.plan)},
        {"stages", std::move(stages)},
        {"peak_bytes", report.peak_bytes},
        {"seconds_total", report.seconds_total},
        {"seconds_to_first_frame", report.seconds_to_first_frame},
        {"frames", report.frames},
        {"output", report.outputs.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(report.outputs.front().string())},
        {"outputs", std::move(outputs)},
    };
    return json.dump(2) + "\n";
}

}  // namespace headroom

#include "core/engine/run_report.h"

#include <cerrno>
#include <span>

#include <fcntl.h>
#include <nlohmann/json.hpp>

#include "core/engine/plan_json.h"
#include "core/files/message_text.h"
#include "core/files/part_file.h"

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
        {"output",
         report.outputs.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(report.outputs.front().string())},
        {"outputs", std::move(outputs)},
    };
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Result<void> write_report(const RunReport& report, const std::filesystem::path& path)
{
    const std::string text = to_json(report);
    const auto bytes = std::as_bytes(std::span(text));
    if (files::is_stream(path)) {
        files::OpenFile stream(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
        return stream.is_open() ? stream.write(bytes, path) : files::write_failure(path, errno);
    }
    files::PartFile part = TRY(files::PartFile::create(path));
    TRY(part.write(bytes));
    return part.commit();
}

}  // namespace headroom

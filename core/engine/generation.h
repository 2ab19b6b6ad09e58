#pragma once

#include <filesystem>
#include <stop_token>

#include "core/base/result.h"
#include "core/device/devices.h"
#include "core/engine/events.h"
#include "core/engine/plan.h"
#include "core/engine/request.h"
#include "core/engine/run_report.h"
#include "core/engine/stage_meter.h"
#include "core/models/video_model.h"

namespace headroom {

/// What a run works with besides its request; outlives the run.
struct RunEnvironment {
    const models::VideoModel& model;
    const Devices& devices;
    std::filesystem::path state_dir;  ///< Latents of runs that did not finish are kept below it.
    RunListener& listener;
    std::stop_token stop;
};

/// One run of a resolved request by a plan: text → denoise → decode, each stage's weights gone before the next one's come.
/// Lives on the engine thread for the length of the run.
class Generation {
public:
    Generation(const GenerateRequest& request, const Plan& plan, const RunEnvironment& environment);

    /// The whole way. Errors: Cancelled, OutOfMemory, BadOutput, Device, Internal. Exceptions of LibTorch pass through; see guarded.h.
    Result<RunReport> run();

private:
    Result<models::Conditioning> encode_text();
    Result<Tensor> denoise(const models::Conditioning& conditioning);
    Result<Tensor> initial_latents() const;
    void show_preview(const Tensor& clean_latents, int step);

    const GenerateRequest& m_request;
    const Plan& m_plan;
    const RunEnvironment& m_environment;
    models::StageContext m_context;
    RunReport m_report;
    Stopwatch m_watch;
};

}  // namespace headroom

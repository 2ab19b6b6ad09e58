#pragma once

#include "core/base/result.h"
#include "core/engine/adaptive_plan.h"
#include "core/engine/request.h"
#include "core/engine/run_environment.h"
#include "core/engine/run_report.h"
#include "core/engine/stage_meter.h"
#include "core/models/video_model.h"
#include "core/sampling/scheduler.h"

namespace headroom {

/// One run of a resolved request by a plan: text → denoise → decode, each stage's weights gone before the next one's come.
/// Lives on the engine thread for the length of the run.
class Generation {
public:
    /// tokens: of the request's prompts. `watch` began with the run. All that is given by reference outlives the object.
    Generation(const GenerateRequest& request, const models::PromptTokens& tokens, AdaptivePlan& plan, const RunEnvironment& environment,
               const Stopwatch& watch);

    /// The whole way; when memory runs out a stage goes on by a cheaper plan. Errors: Cancelled, OutOfMemory, BadOutput, Device, Internal. Exceptions of LibTorch pass through; see guarded.h.
    Result<RunReport> run();

private:
    Result<void> encode_text();
    Result<models::Conditioning> encode_tokens(at::Device device, StageMeter& meter);
    Result<void> denoise();
    Result<void> denoise_from_here(sampling::Scheduler& scheduler, sampling::SchedulerState& finished, StageMeter& meter);
    Result<Tensor> initial_latents() const;
    void show_preview(const Tensor& clean_latents, int step);

    const GenerateRequest& m_request;
    const models::PromptTokens& m_tokens;
    AdaptivePlan& m_plan;
    const RunEnvironment& m_environment;
    models::StageContext m_context;
    models::Conditioning m_conditioning;
    Tensor m_latents;            ///< After m_steps_done steps.
    std::size_t m_steps_done = 0;
    const Stopwatch& m_watch;
    RunReport m_report;
};

}  // namespace headroom

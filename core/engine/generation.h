#pragma once

#include <optional>

#include "core/base/result.h"
#include "core/engine/adaptive_plan.h"
#include "core/engine/request.h"
#include "core/engine/run_environment.h"
#include "core/engine/run_report.h"
#include "core/engine/stage_meter.h"
#include "core/files/fetch_ahead.h"
#include "core/models/video_model.h"
#include "core/sampling/scheduler.h"
#include "core/tensor/noise.h"

namespace headroom {

/// One run of a resolved request by a plan: text → denoise → decode, each stage's weights gone before the next one's come.
/// Lives on the engine thread for the length of the run.
class Generation {
public:
    /// tokens: of the request's prompts. `watch` began with the run. All that is given by reference outlives the object.
    Generation(const GenerateRequest& request, const models::TextTokens& tokens, AdaptivePlan& plan,
               const RunEnvironment& environment, const Stopwatch& watch);

    /// The whole way; when memory runs out a stage goes on by a cheaper plan. Errors: Cancelled, OutOfMemory, BadOutput, Device,
    /// Internal. Exceptions of LibTorch pass through; see guarded.h.
    Result<RunReport> run();

private:
    /// What the denoising has finished: from here it goes on after memory ran out.
    struct Finished {
        std::size_t steps = 0;
        Tensor latents;  ///< After so many steps.
        sampling::SchedulerState scheduler;
        NoiseStream noise;
    };

    Result<void> encode_text();
    Result<void> encode_text(const std::string& component);
    Result<models::Conditioning> encode_tokens(const std::string& component, at::Device device, StageMeter& meter);
    Result<Tensor> denoise();
    Result<void> denoise_from_here(const std::string& component, sampling::Scheduler& scheduler, Finished& finished,
                                   StageMeter& meter);
    void fetch_next(const std::string& component);
    Result<Tensor> initial_latents(NoiseStream& noise) const;
    void show_preview(const Tensor& clean_latents, int step);

    const GenerateRequest& m_request;
    const models::TextTokens& m_tokens;
    const models::DenoiseSettings m_settings;
    AdaptivePlan& m_plan;
    const RunEnvironment& m_environment;
    models::StageContext m_context;
    models::Conditioning m_conditioning;
    std::optional<files::FetchAhead> m_fetch;  ///< Of the component that takes over next.
    const Stopwatch& m_watch;
    RunReport m_report;
};

}  // namespace headroom

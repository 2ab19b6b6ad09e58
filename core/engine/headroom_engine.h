#pragma once

#include <functional>

#include "core/device/devices.h"
#include "core/engine/adaptive_plan.h"
#include "core/engine/engine.h"
#include "core/engine/outlook_maker.h"
#include "core/engine/run_environment.h"
#include "core/memory/kept_weights.h"
#include "core/models/video_model.h"

namespace headroom {

/// The engine that computes. See Engine for the contract of each method.
class HeadroomEngine final : public Engine {
public:
    explicit HeadroomEngine(EnginePaths paths);

    std::vector<ModelEntry> list_models(const std::vector<std::filesystem::path>& folders) const override;
    Result<ModelInfo> inspect(const std::filesystem::path& model_dir) const override;
    Result<GenerateRequest> resolve(const GenerateRequest& request) const override;
    Result<PlanOutlook> outlook(const GenerateRequest& request) const override;
    Result<Plan> plan(const GenerateRequest& request) const override;
    Result<RunReport> generate(const GenerateRequest& request, const Plan& plan, RunListener& listener,
                               std::stop_token stop) override;
    Result<RunReport> decode(const DecodeRequest& request, RunListener& listener, std::stop_token stop) override;
    Result<RunReport> encode(const EncodeRequest& request, RunListener& listener, std::stop_token stop) override;

private:
    Result<std::unique_ptr<models::VideoModel>> open(const std::filesystem::path& model_dir) const;
    /// The same, or a model of the catalog where no folder has that name.
    Result<std::unique_ptr<models::VideoModel>> open_or_look_up(const std::filesystem::path& model_dir) const;
    OutlookMaker outlook_maker(const models::VideoModel& model) const { return {model, m_devices, m_kept, m_paths.state_dir}; }
    /// The plan for a subject within its budget. Errors: DoesNotFit, with remedies.
    Result<Plan> plan_for(const models::VideoModel& model, const OutlookSubject& subject) const;
    CheaperPlan cheaper_plans(const models::VideoModel& model, const OutlookSubject& subject) const;
    /// Runs `run` by the plan, inside its budget's wall and going on by cheaper ways, and remembers what it measured.
    Result<RunReport> run_by_plan(const Plan& plan, const OutlookSubject& subject, const RunEnvironment& environment,
                                  const std::function<Result<RunReport>(AdaptivePlan&)>& run);
    /// Keeps what was measured for later forecasts.
    void remember(const models::VideoModel& model, const RunReport& report) const;

    /// Frees what earlier runs left on devices and this plan does not count on.
    void release_unplanned(const Plan& plan, const models::VideoModel& model, at::Device device);

    EnginePaths m_paths;
    Devices m_devices;
    memory::KeptWeights m_kept;
};

}  // namespace headroom

#pragma once

#include "core/device/devices.h"
#include "core/engine/engine.h"
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
    Result<RunReport> generate(const GenerateRequest& request, const Plan& plan, RunListener& listener, std::stop_token stop) override;
    Result<RunReport> decode(const DecodeRequest& request, RunListener& listener, std::stop_token stop) override;

private:
    Result<std::unique_ptr<models::VideoModel>> open(const std::filesystem::path& model_dir) const;
    Result<Plan> plan_for(const models::VideoModel& model, const ExecutionOptions& execution) const;

    EnginePaths m_paths;
    Devices m_devices;
};

}  // namespace headroom

#include "core/engine/plan_json.h"

#include <nlohmann/json.hpp>

namespace headroom {

const char* compute_dtype_name(ComputeDtype dtype)
{
    switch (dtype) {
    case ComputeDtype::Auto: return "auto";
    case ComputeDtype::Float32: return "fp32";
    case ComputeDtype::BFloat16: return "bf16";
    case ComputeDtype::Float16: return "fp16";
    }
    return "unknown";
}

const char* residency_name(memory::Residency residency)
{
    switch (residency) {
    case memory::Residency::WholeRun: return "whole_run";
    case memory::Residency::WhileStageRuns: return "while_stage_runs";
    case memory::Residency::Streamed: return "streamed";
    case memory::Residency::OnHost: return "on_host";
    case memory::Residency::NotLoaded: return "not_loaded";
    }
    return "unknown";
}

nlohmann::ordered_json plan_stages_json(const Plan& plan)
{
    nlohmann::ordered_json stages = nlohmann::ordered_json::array();
    for (const StagePlan& stage : plan.stages) {
        nlohmann::ordered_json entry = {{"stage", stage_name(stage.stage)},
                                        {"component", stage.component},
                                        {"strategy", residency_name(stage.weights.residency)},
                                        {"resident_blocks", "all"}};
        if (stage.stage == Stage::Decode) {
            entry["tiling"] = "whole";
            entry["feature_cache"] = "device";
            entry["latents_per_chunk"] = stage.vae.latents_per_chunk;
        }
        stages.push_back(std::move(entry));
    }
    return stages;
}

}  // namespace headroom

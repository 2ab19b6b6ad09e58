#pragma once

#include "core/base/result.h"
#include "core/engine/plan.h"
#include "core/models/video_model.h"
#include "core/planner/forecast.h"
#include "core/tensor/dry_run.h"

namespace headroom {

/// What a stage would work on, and where.
struct ForecastSubject {
    models::ClipSize size;
    int batch = 1;
    models::DenoiseSettings settings;
    models::TextTokens tokens;  ///< Empty: prompts as long as the encoders take.
    ImitatedDevice device = ImitatedDevice::Cpu;
    int threads = 1;  ///< Of LibTorch, where the CPU computes.
    at::ScalarType dtype = at::kFloat;
};

/// Finds what a stage takes by walking its own code on meta tensors, as long as something new happens: three steps, three chunks.
/// Its work is scaled to the whole stage. how: the way of computing (denoise, vae) and whether the host computes it; other
/// settings of `how.weights` don't matter, since the result holds for all. The model may have no weights. workspace_bytes stays
/// 0: it is measured, not walked. Any thread that is in no dry run; touches no tensor with numbers. Errors: as the stage's own.
Result<StageForecast> forecast_stage(const models::VideoModel& model, const StagePlan& how, const ForecastSubject& subject);

}  // namespace headroom

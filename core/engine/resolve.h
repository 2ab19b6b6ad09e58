#pragma once

#include "core/base/result.h"
#include "core/device/devices.h"
#include "core/engine/request.h"
#include "core/models/video_model.h"

namespace headroom {

/// What steers the denoising of a request with its numbers resolved.
models::DenoiseSettings denoise_settings(const GenerateRequest& resolved);

/// Fills in the numbers that a request left out from the model's defaults, and refuses those the model can't make. Errors: Usage,
/// naming the nearest number that is legal.
Result<GenerateRequest> resolve_numbers(GenerateRequest request, const models::VideoModel& model);

/// Fills in what a request left out from the model's defaults, and refuses what can't work, before any work.
/// Errors: Usage (a number that is not legal, naming the nearest that is), BadModel, BadInput (latents), BadOutput, Device.
Result<GenerateRequest> resolve_request(GenerateRequest request, const models::VideoModel& model, const Devices& devices);

/// The frame rate of a clip: the request's or the model's. Errors: Usage.
Result<int> resolve_fps(std::optional<int> fps, const ModelInfo& model);

}  // namespace headroom

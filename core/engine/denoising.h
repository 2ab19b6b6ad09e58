#pragma once

#include <cstddef>
#include <functional>

#include "core/base/result.h"
#include "core/models/video_model.h"
#include "core/sampling/scheduler.h"

namespace headroom {

/// Latents after one denoising step, [batch, …] float32. show: sees the clean latents that the step foretells, before the step is
/// done; noise: for schedulers that draw. Runs and their forecasts both go this way. Errors: Cancelled.
Result<Tensor> denoise_step(models::Denoiser& denoiser, sampling::Scheduler& scheduler, std::size_t step, const Tensor& latents,
                            const std::function<void(const Tensor& clean_latents)>& show, const sampling::DrawNoise& noise);

}  // namespace headroom

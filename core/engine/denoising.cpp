#include "core/engine/denoising.h"

namespace headroom {

Result<Tensor> denoise_step(models::Denoiser& denoiser, sampling::Scheduler& scheduler, std::size_t step, const Tensor& latents,
                            const std::function<void(const Tensor& clean_latents)>& show, const sampling::DrawNoise& noise)
{
    const Tensor output = TRY(denoiser.predict(latents, scheduler.timesteps()[step]));
    show(scheduler.predicted_clean(output, step, latents));
    return scheduler.step(output, step, latents, noise);
}

}  // namespace headroom

#include "core/engine/generation.h"

#include <chrono>
#include <utility>

#include <unistd.h>

#include "core/base/cancel.h"
#include "core/engine/clip_settings.h"
#include "core/engine/decoding.h"
#include "core/engine/latent_file.h"
#include "core/engine/latent_preview.h"
#include "core/media/output_path.h"
#include "core/memory/file_weights.h"
#include "core/tensor/noise.h"

namespace headroom {

namespace {

std::filesystem::path unfinished_latents_path(const std::filesystem::path& state_dir)
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto stamp = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    return state_dir / "unfinished" / fmt::format("latents-{}-{}.safetensors", stamp, getpid());
}

}  // namespace

Generation::Generation(const GenerateRequest& request, const Plan& plan, const RunEnvironment& environment)
    : m_request(request), m_plan(plan), m_environment(environment)
{
    m_report.plan = plan;
}

Result<RunReport> Generation::run()
{
    m_context = TRY(stage_context(m_plan, m_environment));
    auto conditioning = TRY(encode_text());
    const Tensor latents = TRY(denoise(conditioning));
    conditioning.clear();

    const media::ClipMetadata metadata = TRY(media::make_clip_metadata(
        m_request.prompt, to_json(ClipSettings{m_request, m_environment.model.info().display_name})));
    const auto kept = m_request.latents_out.empty() ? unfinished_latents_path(m_environment.state_dir) : m_request.latents_out;
    TRY(write_latents(kept, latents));
    auto decoded = decode_clips(latents, m_plan, m_request.output, {*m_request.width, *m_request.height, *m_request.fps}, metadata,
                                m_environment, m_watch, m_report);
    if (!decoded) {
        return fail(decoded.error().code, "{}. The denoised latents are kept in {}: `headroom decode --latents` makes the clip from them",
                    decoded.error().message, media::display_path(kept));
    }
    std::error_code ignored;
    if (m_request.latents_out.empty()) std::filesystem::remove(kept, ignored);
    m_report.seconds_total = m_watch.seconds();
    return std::move(m_report);
}

Result<models::Conditioning> Generation::encode_text()
{
    StageMeter meter(Stage::EncodeText, 1, m_environment.devices, m_context.device, m_environment.listener);
    m_context.progressed = [&](int done, int total) { meter.progressed(done, total); };
    const auto tokens = TRY(m_environment.model.tokenize({m_request.prompt, m_request.negative_prompt, *m_request.guidance}));
    memory::FileWeightSources sources(m_context.device, m_context.dtype);
    m_context.sources = &sources;
    auto conditioning = TRY(m_environment.model.encode_text(tokens, m_context));
    m_context.progressed = nullptr;
    meter.finish(m_report);
    return conditioning;
}

Result<Tensor> Generation::initial_latents() const
{
    if (!m_request.latents_in.empty()) return TRY(read_latents(m_request.latents_in)).to(m_context.device);
    const auto shape = m_environment.model.latent_shape({*m_request.width, *m_request.height, *m_request.frames}, m_request.batch);
    return NoiseStream(m_request.seed).normal(shape).to(m_context.device);
}

Result<Tensor> Generation::denoise(const models::Conditioning& conditioning)
{
    const int steps = *m_request.steps;
    StageMeter meter(Stage::Denoise, steps, m_environment.devices, m_context.device, m_environment.listener);
    memory::FileWeightSources sources(m_context.device, m_context.dtype);
    m_context.sources = &sources;
    const auto scheduler = TRY(m_environment.model.make_scheduler(steps));
    const auto denoiser = TRY(m_environment.model.load_denoiser(conditioning, *m_request.guidance, m_plan.of(Stage::Denoise).denoise, m_context));
    Tensor latents = TRY(initial_latents());

    for (std::size_t step = 0; step < scheduler->timesteps().size(); ++step) {
        TRY(check_not_cancelled(m_environment.stop));
        const Tensor output = TRY(denoiser->predict(latents, scheduler->timesteps()[step]));
        show_preview(scheduler->predicted_clean(output, step, latents), int(step) + 1);
        latents = scheduler->step(output, step, latents);
        meter.progressed(int(step) + 1, steps);
    }
    meter.finish(m_report);
    return latents;
}

void Generation::show_preview(const Tensor& clean_latents, int step)
{
    const Tensor shown = m_environment.model.preview_latents(clean_latents, 0);
    m_environment.listener.latents_previewed({step, preview_frames(shown, m_environment.model.latent_rgb())});
}

}  // namespace headroom

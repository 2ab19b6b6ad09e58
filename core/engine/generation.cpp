#include "core/engine/generation.h"

#include <chrono>
#include <utility>

#include <unistd.h>

#include "core/base/cancel.h"
#include "core/engine/clip_settings.h"
#include "core/engine/decoding.h"
#include "core/engine/denoising.h"
#include "core/engine/latent_file.h"
#include "core/engine/latent_preview.h"
#include "core/engine/prompt_embeddings.h"
#include "core/media/output_path.h"
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

Generation::Generation(const GenerateRequest& request, const models::PromptTokens& tokens, AdaptivePlan& plan, const RunEnvironment& environment,
                       const Stopwatch& watch)
    : m_request(request), m_tokens(tokens), m_plan(plan), m_environment(environment), m_watch(watch)
{
}

Result<RunReport> Generation::run()
{
    m_context = TRY(stage_context(m_plan.plan(), m_environment));
    TRY(encode_text());
    TRY(denoise());
    m_conditioning.clear();

    const media::ClipMetadata metadata = TRY(media::make_clip_metadata(
        m_request.output.store_prompt ? m_request.prompt : "", to_json(ClipSettings{m_request, m_environment.model.info().display_name})));
    const auto kept = m_request.latents_out.empty() ? unfinished_latents_path(m_environment.state_dir) : m_request.latents_out;
    TRY(write_latents(kept, m_latents));
    ClipDecoding decoding(std::exchange(m_latents, {}), {m_request.output, {*m_request.width, *m_request.height, *m_request.fps}, metadata},
                          m_plan, m_environment, m_watch);
    const auto decoded = decoding.run(m_report);
    if (!decoded) {
        return fail(decoded.error().code, "{}. The denoised latents are kept in {}: `headroom decode --latents` makes the clip from them",
                    decoded.error().message, media::display_path(kept));
    }
    std::error_code ignored;
    if (m_request.latents_out.empty()) std::filesystem::remove(kept, ignored);
    m_report.seconds_total = m_watch.seconds();
    return std::move(m_report);
}

Result<void> Generation::encode_text()
{
    StageMeter meter(Stage::EncodeText, 1, m_environment.devices, m_context.device, m_environment.listener);
    const auto encode = [&]() -> Result<void> {
        TRY(check_not_cancelled(m_environment.stop));
        const StagePlan& how = m_plan.of(Stage::EncodeText);
        const bool on_host = how.weights.residency == memory::Residency::OnHost;
        const PromptEmbeddings kept(m_environment.model, m_environment.state_dir, m_context.dtype,
                                    on_host ? at::kCPU : m_context.device.type());
        const bool is_kept = how.weights.residency == memory::Residency::NotLoaded;
        auto found = is_kept ? kept.find(m_tokens) : std::nullopt;
        m_conditioning = found ? *std::move(found) : TRY(encode_tokens(on_host ? at::Device(at::kCPU) : m_context.device, meter));
        if (!is_kept) {
            if (const auto written = kept.keep(m_tokens, m_conditioning); !written) m_environment.listener.noticed(written.error().message);
        }
        for (auto& [name, embeddings] : m_conditioning) embeddings = embeddings.to(m_context.device);
        return {};
    };
    TRY(m_plan.run(Stage::EncodeText, encode));
    meter.finish(m_plan.of(Stage::EncodeText), m_report);
    return {};
}

Result<models::Conditioning> Generation::encode_tokens(at::Device device, StageMeter& meter)
{
    memory::WeightPlan weights = m_plan.of(Stage::EncodeText).weights;
    // Embeddings that were kept when the run was planned may be gone by now.
    if (weights.residency == memory::Residency::NotLoaded) weights.residency = memory::Residency::WhileStageRuns;
    models::StageContext context = m_context;
    context.device = device;
    memory::PlannedWeightSources sources = weight_sources(weights, context, m_environment.devices);
    context.sources = &sources;
    context.progressed = [&](int done, int total) { meter.progressed(done, total); };
    return m_environment.model.encode_text(m_tokens, context);
}

Result<Tensor> Generation::initial_latents() const
{
    if (!m_request.latents_in.empty()) return TRY(read_latents(m_request.latents_in)).to(m_context.device);
    const auto shape = m_environment.model.latent_shape({*m_request.width, *m_request.height, *m_request.frames}, m_request.batch);
    return NoiseStream(m_request.seed).normal(shape).to(m_context.device);
}

Result<void> Generation::denoise()
{
    StageMeter meter(Stage::Denoise, *m_request.steps, m_environment.devices, m_context.device, m_environment.listener);
    const auto scheduler = TRY(m_environment.model.make_scheduler(*m_request.steps));
    sampling::SchedulerState finished = scheduler->save_state();
    m_latents = TRY(initial_latents());
    const auto go_on = [&]() -> Result<void> {
        TRY(scheduler->restore(finished));
        return denoise_from_here(*scheduler, finished, meter);
    };
    TRY(m_plan.run(Stage::Denoise, go_on));
    meter.finish(m_plan.of(Stage::Denoise), m_report);
    return {};
}

/// Takes the steps that are left; `finished` is the scheduler's state after the last whole one.
Result<void> Generation::denoise_from_here(sampling::Scheduler& scheduler, sampling::SchedulerState& finished, StageMeter& meter)
{
    const StagePlan& how = m_plan.of(Stage::Denoise);
    models::StageContext context = m_context;
    memory::PlannedWeightSources sources = weight_sources(how.weights, context, m_environment.devices);
    context.sources = &sources;
    const auto denoiser = TRY(m_environment.model.load_denoiser(m_conditioning, *m_request.guidance, how.denoise, context));
    while (m_steps_done < scheduler.timesteps().size()) {
        TRY(check_not_cancelled(m_environment.stop));
        const int step = int(m_steps_done) + 1;
        m_latents = TRY(denoise_step(*denoiser, scheduler, m_steps_done, m_latents, [&](const Tensor& clean) { show_preview(clean, step); }));
        finished = scheduler.save_state();
        ++m_steps_done;
        meter.progressed(step, *m_request.steps);
    }
    return {};
}

void Generation::show_preview(const Tensor& clean_latents, int step)
{
    const Tensor shown = m_environment.model.preview_latents(clean_latents, 0);
    m_environment.listener.latents_previewed({step, preview_frames(shown, m_environment.model.latent_rgb())});
}

}  // namespace headroom

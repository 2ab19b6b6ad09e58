#include "core/engine/generation.h"

#include <algorithm>
#include <utility>

#include "core/base/cancel.h"
#include "core/engine/check_numbers.h"
#include "core/engine/clip_settings.h"
#include "core/engine/decoding.h"
#include "core/engine/denoising.h"
#include "core/engine/kept_latents.h"
#include "core/engine/latent_file.h"
#include "core/engine/latent_preview.h"
#include "core/engine/prompt_embeddings.h"
#include "core/engine/resolve.h"

namespace headroom {

namespace {

models::ClipSize clip_size(const GenerateRequest& resolved)
{
    return {*resolved.width, *resolved.height, *resolved.frames};
}

Error finished_but(Error error)
{
    error.message = "The clip is finished, but " + error.message;
    return error;
}

/// The part alone: a view would keep what it was cut from through the whole decode.
Tensor without_rest(const Tensor& part)
{
    return part.storage().nbytes() > part.nbytes() ? part.clone(at::MemoryFormat::Contiguous) : part.contiguous();
}

}  // namespace

Generation::Generation(const GenerateRequest& request, const models::TextTokens& tokens, AdaptivePlan& plan,
                       const RunEnvironment& environment, const Stopwatch& watch)
    : m_request(request),
      m_tokens(tokens),
      m_settings(denoise_settings(request)),
      m_plan(plan),
      m_environment(environment),
      m_watch(watch)
{
}

Result<RunReport> Generation::run()
{
    const ClipSettings settings{m_request, m_environment.model.info().display_name};
    const media::ClipMetadata metadata = TRY(clip_metadata(settings));
    m_context = TRY(stage_context(m_plan.plan(), m_environment));
    TRY(encode_text());
    Tensor latents = TRY(denoise());
    m_conditioning.clear();
    const KeptLatents kept =
        keep_latents(latents, settings, m_request.latents_out, m_environment.state_dir, m_environment.listener);
    ClipDecoding decoding(std::move(latents), {m_request.output, {*m_request.width, *m_request.height, *m_request.fps}, metadata},
                          m_plan, m_environment, m_watch);
    const auto decoded = decoding.run(m_report);
    if (!decoded) {
        if (!kept.path.empty()) m_environment.listener.latents_kept(kept.path);
        return tl::unexpected(kept.with_place(decoded.error()));
    }
    if (kept.missed) return tl::unexpected(kept.with_place(finished_but(*kept.missed)));
    std::error_code ignored;
    if (kept.is_spare) std::filesystem::remove(kept.path, ignored);
    m_report.seconds_total = m_watch.seconds();
    return std::move(m_report);
}

Result<void> Generation::encode_text()
{
    for (const std::string& component : m_plan.plan().components_of(Stage::EncodeText)) TRY(encode_text(component));
    return {};
}

/// One of the text encoders; its weights are gone when this returns.
Result<void> Generation::encode_text(const std::string& component)
{
    StageMeter meter(Stage::EncodeText, component, 1, m_environment.devices, m_context.device, m_environment.listener);
    const models::PromptTokens& tokens = m_tokens.at(component);
    const auto encode = [&]() -> Result<void> {
        TRY(check_not_cancelled(m_environment.stop));
        const StagePlan& how = m_plan.of(Stage::EncodeText, component);
        const bool on_host = how.weights.residency == memory::Residency::OnHost;
        const PromptEmbeddings kept(m_environment.model, component, m_environment.state_dir, m_context.dtype,
                                    on_host ? at::kCPU : m_context.device.type());
        const bool is_kept = how.weights.residency == memory::Residency::NotLoaded;
        auto found = is_kept ? kept.find(tokens) : std::nullopt;
        auto encoded =
            found ? *std::move(found) : TRY(encode_tokens(component, on_host ? at::Device(at::kCPU) : m_context.device, meter));
        if (!is_kept) {
            if (const auto written = kept.keep(tokens, encoded); !written)
                m_environment.listener.noticed(written.error().message);
        }
        for (auto& [name, embeddings] : encoded) m_conditioning[name] = embeddings.to(m_context.device);
        return {};
    };
    TRY(m_plan.run(Stage::EncodeText, component, encode));
    meter.finish(m_plan.of(Stage::EncodeText, component), m_report);
    return {};
}

Result<models::Conditioning> Generation::encode_tokens(const std::string& component, at::Device device, StageMeter& meter)
{
    memory::WeightPlan weights = m_plan.of(Stage::EncodeText, component).weights;
    // Embeddings that were kept when the run was planned may be gone by now.
    if (weights.residency == memory::Residency::NotLoaded) weights.residency = memory::Residency::WhileStageRuns;
    models::StageContext context = m_context;
    context.device = device;
    memory::PlannedWeightSources sources = weight_sources(weights, context, m_environment);
    context.sources = &sources;
    context.progressed = [&](int done, int total) { meter.progressed(done, total); };
    auto encoded = TRY(m_environment.model.encode_text(component, m_tokens.at(component), context));
    for (const auto& [name, embeddings] : encoded)
        TRY(check_numbers(embeddings, m_environment.model.info().dir / component, context.dtype));
    return encoded;
}

Result<Tensor> Generation::initial_latents(NoiseStream& noise) const
{
    if (!m_request.latents_in.empty()) return TRY(read_latents(m_request.latents_in)).to(m_context.device);
    const auto shape = m_environment.model.noise_shape(clip_size(m_request), m_request.batch);
    return noise.normal(shape).to(m_context.device);
}

/// → the denoised latents.
Result<Tensor> Generation::denoise()
{
    const auto components = m_plan.plan().components_of(Stage::Denoise);
    StageMeter meter(Stage::Denoise, components.front(), *m_request.steps, m_environment.devices, m_context.device,
                     m_environment.listener);
    const auto scheduler = TRY(m_environment.model.make_scheduler(m_settings));
    Finished finished{.steps = 0, .latents = {}, .scheduler = scheduler->save_state(), .noise = NoiseStream(m_request.seed)};
    finished.latents = TRY(initial_latents(finished.noise));
    for (std::size_t i = 0; i < components.size(); ++i) {
        const std::string& component = components[i];
        const auto go_on = [&]() -> Result<void> {
            TRY(scheduler->restore(finished.scheduler));
            return denoise_from_here(component, *scheduler, finished, meter);
        };
        TRY(m_plan.run(Stage::Denoise, component, go_on));
        const StagePlan& done = m_plan.of(Stage::Denoise, component);
        if (i + 1 < components.size()) {
            meter.hand_over(done, components[i + 1], m_report);
        } else {
            meter.finish(done, m_report);
        }
    }
    m_fetch.reset();
    return without_rest(m_environment.model.without_filling(finished.latents, clip_size(m_request)));
}

/// Takes the component's steps that are left.
Result<void> Generation::denoise_from_here(const std::string& component, sampling::Scheduler& scheduler, Finished& finished,
                                           StageMeter& meter)
{
    const models::VideoModel& model = m_environment.model;
    const StagePlan& how = m_plan.of(Stage::Denoise, component);
    models::StageContext context = m_context;
    memory::PlannedWeightSources sources = weight_sources(how.weights, context, m_environment);
    context.sources = &sources;
    const auto denoiser = TRY(model.load_denoiser(component, m_conditioning, m_settings, how.denoise, context));
    const auto& timesteps = scheduler.timesteps();
    int steps_here = 0;
    while (finished.steps < timesteps.size() && model.denoiser_at(timesteps[finished.steps], m_settings) == component) {
        TRY(check_not_cancelled(m_environment.stop));
        const int step = int(finished.steps) + 1;
        // Its own weights are read in its first step; where that is its last too, there is no later moment.
        const bool goes_on =
            finished.steps + 1 < timesteps.size() && model.denoiser_at(timesteps[finished.steps + 1], m_settings) == component;
        if (steps_here > 0 || !goes_on) fetch_next(component);
        NoiseStream noise = finished.noise;
        const Tensor latents = TRY(denoise_step(
            *denoiser, scheduler, finished.steps, finished.latents, [&](const Tensor& clean) { show_preview(clean, step); },
            [&](const Tensor& like) { return noise.normal(like.sizes().vec()).to(like.device()); }));
        TRY(check_numbers(latents, model.info().dir / component, context.dtype));
        finished.latents = latents;
        finished.scheduler = scheduler.save_state();
        finished.noise = noise;
        ++finished.steps;
        ++steps_here;
        meter.progressed(step, *m_request.steps);
    }
    return {};
}

/// Begins to fetch the files of the component that takes over from this one, where the plan says so and it has not begun.
void Generation::fetch_next(const std::string& component)
{
    const auto components = m_plan.plan().components_of(Stage::Denoise);
    const auto next = std::ranges::find(components, component) + 1;
    if (m_fetch || next == components.end() || m_plan.of(Stage::Denoise, *next).prefetch != Prefetch::Ahead) return;
    m_fetch.emplace(*m_environment.model.weight_files(*next));
}

void Generation::show_preview(const Tensor& clean_latents, int step)
{
    const models::VideoModel& model = m_environment.model;
    const Tensor shown = model.preview_latents(model.without_filling(clean_latents, clip_size(m_request)), 0);
    m_environment.listener.latents_previewed({step, preview_frames(shown, m_environment.model.latent_rgb())});
}

}  // namespace headroom

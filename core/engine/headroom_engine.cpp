#include "core/engine/headroom_engine.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include <c10/core/InferenceMode.h>
#include <torch/headeronly/version.h>

#include "core/engine/budget_wall.h"
#include "core/engine/card_measuring.h"
#include "core/engine/compute_dtype.h"
#include "core/engine/decoding.h"
#include "core/engine/encoding.h"
#include "core/engine/generation.h"
#include "core/engine/guarded.h"
#include "core/engine/kept_latents.h"
#include "core/engine/latent_file.h"
#include "core/engine/plan_choice.h"
#include "core/engine/plan_json.h"
#include "core/engine/resolve.h"
#include "core/engine/run_files.h"
#include "core/engine/run_history.h"
#include "core/files/hub_cache.h"
#include "core/files/model_folder.h"
#include "core/media/ffmpeg_version.h"
#include "core/media/output_path.h"
#include "core/models/registry.h"

namespace headroom {

namespace {

/// Runs `action` under guarded() and without autograd, and hands its value out.
template <typename T, typename Action>
Result<T> compute(Action&& action)
{
    Result<T> outcome = fail(ErrorCode::Internal, "The run ended without a result");
    const auto ran = guarded([&]() -> Result<void> {
        const c10::InferenceMode inference;
        outcome = action();
        return {};
    });
    if (!ran) return tl::unexpected(ran.error());
    return outcome;
}

/// The model's chain without the denoisers that no step falls to.
Result<std::vector<StagePlan>> needed_chain(const models::VideoModel& model, const models::DenoiseSettings& settings)
{
    const auto scheduler = TRY(model.make_scheduler(settings));
    std::vector<StagePlan> chain = model.chain();
    std::erase_if(chain, [&](const StagePlan& stage) {
        return stage.stage == Stage::Denoise && std::ranges::none_of(scheduler->timesteps(), [&](double timestep) {
                   return model.denoiser_at(timestep, settings) == stage.component;
               });
    });
    return chain;
}

/// What a run of the request costs is looked up for its own prompts; without any, and for models of the catalog, which have no
/// tokenizers, for prompts as long as the encoders take.
enum class PromptsKnown { Yes, No };

bool is_complete(const models::VideoModel& model)
{
    return std::ranges::all_of(model.chain(),
                               [&](const StagePlan& stage) { return model.weight_files(stage.component) != nullptr; });
}

Result<OutlookSubject> subject_of(const GenerateRequest& request, const models::VideoModel& model,
                                  PromptsKnown known = PromptsKnown::Yes)
{
    OutlookSubject subject{.size = {*request.width, *request.height, *request.frames},
                           .batch = request.batch,
                           .settings = denoise_settings(request),
                           .tokens = {},
                           .chain = {},
                           .execution = request.execution};
    subject.chain = TRY(needed_chain(model, subject.settings));
    if (known == PromptsKnown::Yes)
        subject.tokens = TRY(model.tokenize({request.prompt, request.negative_prompt}, subject.settings));
    return subject;
}

/// Of a verb that runs the VAE alone.
OutlookSubject vae_subject(const ExecutionOptions& execution, std::vector<StagePlan> chain, const models::ClipSize& size,
                           int batch)
{
    return {.size = size, .batch = batch, .settings = {}, .tokens = {}, .chain = std::move(chain), .execution = execution};
}

std::vector<StagePlan> decode_chain(const models::VideoModel& model)
{
    std::vector<StagePlan> chain = model.chain();
    std::erase_if(chain, [](const StagePlan& stage) { return stage.stage != Stage::Decode; });
    return chain;
}

Result<void> check_files(const DecodeRequest& request, const media::VideoFormat& format, int frames, int batch)
{
    TRY(check_apart({.inputs = {{"--latents", request.latents}},
                     .outputs = {{"--report", request.report}},
                     .clip = request.output.path,
                     .batch = batch}));
    TRY(check_clips(request.output, format, frames, batch));
    return check_report(request.report);
}

Result<void> check_files(const EncodeRequest& request)
{
    if (request.latents_out.empty()) return fail(ErrorCode::Usage, "There is no file for the latents: give --latents-out");
    RunFiles files{.inputs = {}, .outputs = {{"--latents-out", request.latents_out}, {"--report", request.report}}, .clip = {}};
    for (const auto& input : request.inputs) files.inputs.push_back({"--input", input});
    TRY(check_apart(files));
    TRY(check_latents_out(request.latents_out, 0));
    return check_report(request.report);
}

}  // namespace

HeadroomEngine::HeadroomEngine(EnginePaths paths)
    : m_paths(std::move(paths)), m_devices(m_paths.modules_dir, m_paths.gpu_runtime_dir)
{
}

Result<std::unique_ptr<models::VideoModel>> HeadroomEngine::open(const std::filesystem::path& model_dir) const
{
    const auto folder = TRY(files::ModelFolder::open(model_dir.empty() ? m_paths.demo_model_dir : model_dir));
    return models::open_model(folder);
}

Result<std::unique_ptr<models::VideoModel>> HeadroomEngine::open_or_look_up(const std::filesystem::path& model_dir) const
{
    std::error_code ignored;
    const bool is_name = !model_dir.empty() && model_dir == model_dir.filename() && !std::filesystem::exists(model_dir, ignored);
    const auto entry = m_paths.catalog_dir / model_dir;
    if (is_name && !m_paths.catalog_dir.empty() && std::filesystem::is_directory(entry, ignored))
        return models::open_catalog_model(entry);
    return open(model_dir);
}

std::vector<ModelEntry> HeadroomEngine::list_models(const std::vector<std::filesystem::path>& folders) const
{
    std::vector<ModelEntry> entries;
    if (const auto demo = inspect({}))
        entries.push_back({m_paths.demo_model_dir, demo->display_name, demo->pipeline_class, true, {}});
    auto found = files::scan_folders(folders);
    std::ranges::move(files::scan_hub_cache(files::hub_cache_dir_from_environment()), std::back_inserter(found));
    for (const files::FoundModel& model : found) {
        entries.push_back(
            {model.path, model.display_name, model.pipeline_class, models::is_supported(model.pipeline_class), model.problem});
    }
    return entries;
}

Result<ModelInfo> HeadroomEngine::inspect(const std::filesystem::path& model_dir) const
{
    const auto model = TRY(open(model_dir));
    TRY(model->check_weights());
    return model->info();
}

Result<GenerateRequest> HeadroomEngine::resolve(const GenerateRequest& request) const
{
    return compute<GenerateRequest>([&]() -> Result<GenerateRequest> {
        const auto model = TRY(open(request.model_dir));
        return resolve_request(request, *model, m_devices);
    });
}

Result<PlanOutlook> HeadroomEngine::outlook(const GenerateRequest& left_out) const
{
    return compute<PlanOutlook>([&]() -> Result<PlanOutlook> {
        const auto model = TRY(open_or_look_up(left_out.model_dir));
        const GenerateRequest request = TRY(resolve_numbers(left_out, *model));
        const auto known = request.prompt.empty() || !is_complete(*model) ? PromptsKnown::No : PromptsKnown::Yes;
        return outlook_maker(*model).complete(TRY(subject_of(request, *model, known)));
    });
}

Result<Plan> HeadroomEngine::plan(const GenerateRequest& request) const
{
    return compute<Plan>([&]() -> Result<Plan> {
        const auto model = TRY(open(request.model_dir));
        return plan_for(*model, TRY(subject_of(request, *model)));
    });
}

Result<Plan> HeadroomEngine::plan_for(const models::VideoModel& model, const OutlookSubject& subject) const
{
    const OutlookMaker maker = outlook_maker(model);
    const std::int64_t budget = TRY(maker.budget_bytes(subject.execution));
    auto plan = plan_for_now(TRY(maker.settled(subject, budget)), budget);
    if (plan || plan.error().code != ErrorCode::DoesNotFit) return plan;
    return plan_for_now(TRY(maker.complete(subject)), budget);
}

CheaperPlan HeadroomEngine::cheaper_plans(const models::VideoModel& model, const OutlookSubject& subject) const
{
    return [this, &model, &subject](const StagePlan& failed) -> Result<std::optional<StagePlan>> {
        // What ran out is asked for again below what failed, with whatever others hold by now.
        const PlanOutlook outlook = TRY(outlook_maker(model).complete(subject));
        for (std::size_t i = 0; i < outlook.stages.size(); ++i) {
            if (subject.chain[i].component == failed.component) return next_cheaper(outlook, outlook.stages[i], failed);
        }
        return std::optional<StagePlan>();
    };
}

void HeadroomEngine::remember(const models::VideoModel& model, const RunReport& report) const
{
    RunHistory history(m_paths.state_dir);
    const auto device = m_devices.find(report.plan.device);
    if (!device) return;
    const RunKind kind = run_kind(model.info().display_name, *device, report.plan.dtype);
    for (const StageReport& stage : report.stages) {
        const StagePlan& plan = report.plan.of(stage.stage, stage.component);
        const bool is_forecast = plan.predicted_peak_bytes > 0 && plan.predicted_peak_bytes == stage.predicted_peak_bytes;
        if (is_forecast && !device->device.is_cpu()) {
            history.note_workspace(kind, stage.stage, stage.component, stage.tensor_peak_bytes - tensor_bytes(plan));
        }
        history.note(kind, stage.stage, stage.component, history.correction(kind, stage.stage, stage.component).factor,
                     stage.predicted_seconds, stage.seconds);
    }
    history.save();
    if (!device->device.is_cpu()) note_context(*device, m_paths.state_dir);
}

void HeadroomEngine::release_unplanned(const Plan& plan, const models::VideoModel& model, at::Device device)
{
    std::set<std::string> counted;
    for (const StagePlan& stage : plan.stages) {
        const files::WeightIndex* weights = model.weight_files(stage.component);
        if (stage.kept_before && weights) counted.insert(memory::KeptWeights::name_of(*weights, device, scalar_type(plan.dtype)));
    }
    m_kept.forget_all_but(counted);
    m_devices.release_cached(device);
}

Result<RunReport> HeadroomEngine::run_by_plan(const Plan& plan, const OutlookSubject& subject, const RunEnvironment& environment,
                                              const std::function<Result<RunReport>(AdaptivePlan&)>& run)
{
    const at::Device device = TRY(m_devices.find(plan.device)).device;
    release_unplanned(plan, environment.model, device);
    const auto wall = TRY(BudgetWall::raise(m_devices, device, plan.budget_bytes, plan.context_bytes()));
    AdaptivePlan adaptive(plan, cheaper_plans(environment.model, subject), *wall, m_devices, device, environment.listener);
    RunReport report = TRY(run(adaptive));
    report.plan = adaptive.plan();
    remember(environment.model, report);
    return report;
}

Result<RunReport> HeadroomEngine::generate(const GenerateRequest& request, const Plan& plan, RunListener& listener,
                                           std::stop_token stop)
{
    return compute<RunReport>([&]() -> Result<RunReport> {
        const Stopwatch watch;
        const auto model = TRY(open(request.model_dir));
        const RunEnvironment environment{*model, m_devices, m_kept, m_paths.state_dir, listener, stop};
        const OutlookSubject subject = TRY(subject_of(request, *model));
        return run_by_plan(plan, subject, environment, [&](AdaptivePlan& adaptive) {
            return Generation(request, subject.tokens, adaptive, environment, watch).run();
        });
    });
}

Result<RunReport> HeadroomEngine::decode(const DecodeRequest& request, RunListener& listener, std::stop_token stop)
{
    return compute<RunReport>([&]() -> Result<RunReport> {
        const Stopwatch watch;
        const auto model = TRY(open(request.model_dir));
        TRY(m_devices.find(request.execution.device));
        TRY(model->check_weights());
        LatentFile source = TRY(read_latent_file(request.latents));
        const Tensor& latents = source.latents;
        std::optional<ClipSettings>& settings = source.settings;
        const int fps = TRY(resolve_fps(request.fps || !settings ? request.fps : settings->request.fps, model->info()));
        const auto size = model->clip_size(latents.sizes().vec());
        if (!size) return fail(size.error().code, "{}: {}", media::display_path(request.latents), size.error().message);
        const media::VideoFormat format{size->width, size->height, fps};
        TRY(check_files(request, format, size->frames, int(latents.size(0))));
        const RunEnvironment environment{*model, m_devices, m_kept, m_paths.state_dir, listener, stop};
        const OutlookSubject subject = vae_subject(request.execution, decode_chain(*model), *size, int(latents.size(0)));
        return run_by_plan(
            TRY(plan_for(*model, subject)), subject, environment, [&](AdaptivePlan& adaptive) -> Result<RunReport> {
                media::ClipMetadata metadata;
                if (settings) {
                    settings->request.fps = fps;
                    settings->request.output = request.output;
                    metadata = TRY(clip_metadata(*settings));
                }
                RunReport report;
                TRY(ClipDecoding(latents, {request.output, format, metadata}, adaptive, environment, watch).run(report));
                report.seconds_total = watch.seconds();
                return report;
            });
    });
}

Result<RunReport> HeadroomEngine::encode(const EncodeRequest& request, RunListener& listener, std::stop_token stop)
{
    return compute<RunReport>([&]() -> Result<RunReport> {
        const Stopwatch watch;
        const auto model = TRY(open(request.model_dir));
        TRY(m_devices.find(request.execution.device));
        TRY(check_files(request));
        TRY(model->check_encoder_weights());
        const auto size = TRY(resolve_inputs(request, model->info(), listener, stop));
        const RunEnvironment environment{*model, m_devices, m_kept, m_paths.state_dir, listener, stop};
        const OutlookSubject subject = vae_subject(request.execution, model->encode_chain(), size, int(request.inputs.size()));
        return run_by_plan(
            TRY(plan_for(*model, subject)), subject, environment, [&](AdaptivePlan& adaptive) -> Result<RunReport> {
                RunReport report;
                const Tensor latents = TRY(encode_clips(request.inputs, size, adaptive, environment, report));
                const KeptLatents kept = keep_latents(latents, {}, request.latents_out, m_paths.state_dir, listener);
                if (kept.missed) return tl::unexpected(kept.with_place(*kept.missed));
                report.outputs.push_back(request.latents_out);
                report.seconds_total = watch.seconds();
                return report;
            });
    });
}

std::vector<std::string> component_versions()
{
    return {"LibTorch " TORCH_VERSION, "FFmpeg " + media::ffmpeg_version()};
}

std::unique_ptr<Engine> make_engine(EnginePaths paths)
{
    return std::make_unique<HeadroomEngine>(std::move(paths));
}

}  // namespace headroom

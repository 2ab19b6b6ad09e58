#include "core/engine/headroom_engine.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <c10/core/InferenceMode.h>
#include <torch/headeronly/version.h>

#include "core/engine/clip_settings.h"
#include "core/engine/compute_dtype.h"
#include "core/engine/cpu_dtype.h"
#include "core/engine/decoding.h"
#include "core/engine/generation.h"
#include "core/engine/guarded.h"
#include "core/engine/latent_file.h"
#include "core/engine/resolve.h"
#include "core/files/hub_cache.h"
#include "core/files/model_folder.h"
#include "core/media/ffmpeg_version.h"
#include "core/media/output_path.h"
#include "core/media/video_writer.h"
#include "core/models/registry.h"
#include "core/planner/planner.h"

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

}  // namespace

HeadroomEngine::HeadroomEngine(EnginePaths paths) : m_paths(std::move(paths)), m_devices(m_paths.modules_dir) {}

Result<std::unique_ptr<models::VideoModel>> HeadroomEngine::open(const std::filesystem::path& model_dir) const
{
    const auto folder = TRY(files::ModelFolder::open(model_dir.empty() ? m_paths.demo_model_dir : model_dir));
    return models::open_model(folder);
}

std::vector<ModelEntry> HeadroomEngine::list_models(const std::vector<std::filesystem::path>& folders) const
{
    std::vector<ModelEntry> entries;
    if (const auto demo = inspect({})) entries.push_back({m_paths.demo_model_dir, demo->display_name, demo->pipeline_class, true, {}});
    auto found = files::scan_folders(folders);
    std::ranges::move(files::scan_hub_cache(files::hub_cache_dir_from_environment()), std::back_inserter(found));
    for (const files::FoundModel& model : found) {
        entries.push_back({model.path, model.display_name, model.pipeline_class, models::is_supported(model.pipeline_class), model.problem});
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

Result<PlanOutlook> HeadroomEngine::outlook(const GenerateRequest&) const
{
    return fail(ErrorCode::Usage, "Forecasts are not available yet in this version");
}

Result<Plan> HeadroomEngine::plan(const GenerateRequest& request) const
{
    return compute<Plan>([&]() -> Result<Plan> {
        const auto model = TRY(open(request.model_dir));
        return plan_for(*model, request.execution);
    });
}

Result<Plan> HeadroomEngine::plan_for(const models::VideoModel& model, const ExecutionOptions& execution) const
{
    const DeviceInfo device = TRY(m_devices.find(execution.device));
    PlanFacts facts;
    facts.device = device.name;
    facts.dtype = execution.dtype;
    if (facts.dtype == ComputeDtype::Auto) {
        facts.dtype = device.device.is_cuda() ? ComputeDtype::BFloat16 : compute_dtype(fastest_cpu_dtype(m_paths.state_dir));
    }
    facts.chain = model.chain();
    facts.pins = execution.pins;
    return make_plan(facts);
}

Result<RunReport> HeadroomEngine::generate(const GenerateRequest& request, const Plan& plan, RunListener& listener, std::stop_token stop)
{
    return compute<RunReport>([&]() -> Result<RunReport> {
        const auto model = TRY(open(request.model_dir));
        const RunEnvironment environment{*model, m_devices, m_paths.state_dir, listener, stop};
        return Generation(request, plan, environment).run();
    });
}

Result<RunReport> HeadroomEngine::decode(const DecodeRequest& request, RunListener& listener, std::stop_token stop)
{
    return compute<RunReport>([&]() -> Result<RunReport> {
        const Stopwatch watch;
        const auto model = TRY(open(request.model_dir));
        const int fps = TRY(resolve_fps(request.fps, model->info()));
        const Plan plan = TRY(plan_for(*model, request.execution));
        TRY(model->check_weights());
        const Tensor latents = TRY(read_latents(request.latents));
        const auto size = model->clip_size(latents.sizes().vec());
        if (!size) return fail(size.error().code, "{}: {}", media::display_path(request.latents), size.error().message);
        const media::VideoFormat format{size->width, size->height, fps};
        if (!request.output.path.empty()) {
            const auto overwrite = request.output.overwrite ? media::Overwrite::Yes : media::Overwrite::No;
            TRY(media::check_output(request.output.path, format, size->frames * latents.size(0), overwrite));
        }
        RunReport report;
        report.plan = plan;
        const RunEnvironment environment{*model, m_devices, m_paths.state_dir, listener, stop};
        TRY(decode_clips(latents, plan, request.output, format, {}, environment, watch, report));
        report.seconds_total = watch.seconds();
        return report;
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

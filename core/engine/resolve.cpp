#include "core/engine/resolve.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/ranges.h>

#include "core/base/counted.h"
#include "core/engine/clip_output.h"
#include "core/engine/latent_file.h"
#include "core/engine/run_files.h"
#include "core/media/output_path.h"

namespace headroom {

namespace {

constexpr int kMostSteps = 1000;
constexpr int kMostFps = 240;
constexpr int kMostBatch = 64;
constexpr double kLargestGuidance = 100;

Result<void> check_rule(const char* what, const char* option, int value, const NumberRule& rule)
{
    if (rule.allows(value)) return {};
    return fail(ErrorCode::Usage, "{} {} {} can't be made by this model: the nearest it can is {} ({} {})", option, value, what,
                rule.nearest(value), option, rule.nearest(value));
}

Result<void> check_range(const char* option, int value, int least, int most)
{
    if (value >= least && value <= most) return {};
    return fail(ErrorCode::Usage, "{} {} is out of range: give {} to {}", option, value, least, most);
}

Result<void> check_latents_in(const GenerateRequest& request, const models::VideoModel& model)
{
    const Tensor latents = TRY(read_latents(request.latents_in));
    const auto expected = model.noise_shape({*request.width, *request.height, *request.frames}, request.batch);
    if (latents.sizes().vec() == expected) return {};
    return fail(ErrorCode::BadInput, "{}: the latents have shape [{}] but a clip of {}×{} with {} and a batch of {} needs [{}]",
                media::display_path(request.latents_in), fmt::join(latents.sizes().vec(), ", "), *request.width, *request.height,
                counted(*request.frames, "frame"), request.batch, fmt::join(expected, ", "));
}

Result<void> check_files(const GenerateRequest& request, const models::VideoModel& model)
{
    TRY(check_apart({.inputs = {{"--latents-in", request.latents_in}},
                     .outputs = {{"--latents-out", request.latents_out}, {"--report", request.report}},
                     .clip = request.output.path,
                     .batch = request.batch}));
    if (!request.output.path.empty()) TRY(clip_metadata({request, model.info().display_name}));
    TRY(check_clips(request.output, {*request.width, *request.height, *request.fps}, *request.frames, request.batch));
    std::int64_t latents_bytes = sizeof(float);
    for (const std::int64_t size : model.latent_shape({*request.width, *request.height, *request.frames}, request.batch))
        latents_bytes *= size;
    TRY(check_latents_out(request.latents_out, latents_bytes));
    return check_report(request.report);
}

/// Fills in the family's own settings (guidance: the request's, if it gives one) and refuses those that it doesn't have or can't
/// take.
Result<void> resolve_extra(std::map<std::string, double>& extra, const std::optional<double>& guidance, const ModelInfo& model)
{
    for (const auto& [key, value] : extra) {
        const auto known = std::ranges::find(model.extra_settings, key, &ExtraSetting::key);
        if (known == model.extra_settings.end()) {
            std::vector<std::string> keys;
            for (const ExtraSetting& setting : model.extra_settings) keys.push_back(setting.key);
            return fail(ErrorCode::Usage, "{} has no setting '{}'; {}", model.display_name, key,
                        keys.empty() ? "it has none of its own" : fmt::format("it has {}", fmt::join(keys, ", ")));
        }
        const bool legal = std::isfinite(value) && value >= known->minimum && value <= known->maximum &&
                           (known->kind == ExtraSetting::Kind::Number || value == 0 || value == 1);
        if (!legal) {
            return fail(ErrorCode::Usage, "The setting {} can't be {}: give {} {} {}", key, value, known->minimum,
                        known->kind == ExtraSetting::Kind::Switch ? "or" : "to", known->maximum);
        }
    }
    for (const ExtraSetting& setting : model.extra_settings) {
        extra.try_emplace(setting.key, setting.follows_guidance ? guidance.value_or(setting.value) : setting.value);
    }
    return {};
}

}  // namespace

Result<int> resolve_fps(std::optional<int> fps, const ModelInfo& model)
{
    const int resolved = fps.value_or(model.defaults.fps);
    TRY(check_range("--fps", resolved, 1, kMostFps));
    return resolved;
}

models::DenoiseSettings denoise_settings(const GenerateRequest& resolved)
{
    return {.steps = *resolved.steps, .guidance = *resolved.guidance, .extra = resolved.extra};
}

Result<GenerateRequest> resolve_numbers(GenerateRequest request, const models::VideoModel& model)
{
    const ModelInfo& info = model.info();
    request.model_dir = info.dir;
    if (!request.width) request.width = info.defaults.width;
    if (!request.height) request.height = info.defaults.height;
    if (!request.frames) request.frames = info.defaults.frames;
    if (!request.steps) request.steps = info.defaults.steps;
    TRY(resolve_extra(request.extra, request.guidance, info));
    if (!request.guidance) request.guidance = info.defaults.guidance;
    request.fps = TRY(resolve_fps(request.fps, info));

    TRY(check_rule("pixels", "--width", *request.width, info.width_rule));
    TRY(check_rule("pixels", "--height", *request.height, info.height_rule));
    TRY(check_rule("frames", "--frames", *request.frames, info.frames_rule));
    TRY(check_range("--steps", *request.steps, 1, kMostSteps));
    TRY(check_range("--batch", request.batch, 1, kMostBatch));
    if (!std::isfinite(*request.guidance) || *request.guidance < 0 || *request.guidance > kLargestGuidance) {
        return fail(ErrorCode::Usage, "--guidance {} is out of range: give 0 to {}", *request.guidance, kLargestGuidance);
    }
    TRY(model.make_scheduler(denoise_settings(request)));
    return request;
}

Result<GenerateRequest> resolve_request(GenerateRequest left_out, const models::VideoModel& model, const Devices& devices)
{
    GenerateRequest request = TRY(resolve_numbers(std::move(left_out), model));
    TRY(devices.find(request.execution.device));
    TRY(model.check_weights());
    if (!request.latents_in.empty()) TRY(check_latents_in(request, model));
    TRY(check_files(request, model));
    return request;
}

}  // namespace headroom

#pragma once

#include <atomic>
#include <chrono>
#include <cmath>
#include <functional>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "core/engine/clip_settings.h"
#include "core/engine/engine.h"
#include "tests/support/fake_outlook.h"

namespace headroom::test {

/// How the fake engine behaves. Set before a run.
struct FakeBehaviour {
    std::chrono::milliseconds unit{2};  ///< How long a text layer, a step or a chunk of frames takes.
    std::optional<Stage> fail_at;       ///< Fails with `failure` in the middle of this stage.
    Error failure{ErrorCode::OutOfMemory,
                  "Memory ran out in the decoder: 812 MiB were needed, 640 MiB are allowed. Use fewer frames or a smaller size."};
    std::filesystem::path kept_latents;  ///< Where a run that ends while decoding says its latents are.
    std::optional<Stage> hold_at;        ///< Stays in the middle of this stage until it is stopped.
    int floods_per_unit = 0;             ///< Extra progress events and previews told at once in every unit.
    std::chrono::milliseconds outlook_takes{0};
    std::optional<Error> outlook_failure;  ///< Looking ahead fails with this.
    bool has_models = true;                ///< False: there is not even a demo model.
    bool forecasts = true;                 ///< False: it knows no peaks and no times.
    double measured_share = 0.97;          ///< A stage's measured peak as a part of the predicted one.
    /// Called on the engine thread before a run ends well: writes the file.
    std::function<void(const GenerateRequest&)> on_finish;
};

/// An engine without a model for tests of the window: three stages, moving rectangles as latents and frames, stops when asked,
/// fails when told. Two models: the demo model ("/fake/demo") and a larger one ("/fake/wan"); "/fake/hunyuan" is not supported.
class FakeEngine : public Engine {
public:
    FakeBehaviour behaviour;
    std::atomic<int> runs = 0;  ///< Runs that were begun.
    std::atomic<bool> is_running = false;
    mutable std::atomic<int> outlooks = 0;                  ///< Outlooks that were made.
    mutable std::atomic<std::thread::id> outlook_thread{};  ///< Where the last one was made.
    DecodeRequest last_decode;
    GenerateRequest last_request;  ///< The resolved request of the last run; read it when no run is going on.

    std::vector<ModelEntry> list_models(const std::vector<std::filesystem::path>&) const override
    {
        if (!behaviour.has_models) return {};
        return {{"/fake/demo", "Demo model", "WanPipeline", true, {}},
                {"/fake/wan", "Wan-AI/Wan2.1-T2V-1.3B-Diffusers", "WanPipeline", true, {}},
                {"/fake/hunyuan", "hunyuanvideo-community/HunyuanVideo", "HunyuanVideoPipeline", false, {}}};
    }

    Result<ModelInfo> inspect(const std::filesystem::path& model_dir) const override
    {
        if (!behaviour.has_models) return fail(ErrorCode::BadModel, "The demo model is not installed. Open a model folder.");
        if (model_dir.empty() || model_dir == "/fake/demo") return model("/fake/demo", "Demo model", 128, 33, 384, 20);
        if (model_dir == "/fake/wan") return model(model_dir, "Wan-AI/Wan2.1-T2V-1.3B-Diffusers", 480, 81, 1280, 50);
        return fail(ErrorCode::BadModel,
                    "{} is not a model folder: model_index.json is missing. Choose a folder in the diffusers layout.",
                    model_dir.string());
    }

    Result<GenerateRequest> resolve(const GenerateRequest& request) const override
    {
        const ModelInfo info = TRY(inspect(request.model_dir));
        GenerateRequest resolved = request;
        resolved.model_dir = info.dir;
        resolved.width = request.width.value_or(info.defaults.width);
        resolved.height = request.height.value_or(info.defaults.height);
        resolved.frames = request.frames.value_or(info.defaults.frames);
        resolved.fps = request.fps.value_or(info.defaults.fps);
        resolved.steps = request.steps.value_or(info.defaults.steps);
        resolved.guidance = request.guidance.value_or(info.defaults.guidance);
        if (!info.frames_rule.allows(*resolved.frames)) return fail(ErrorCode::Usage, "{} frames are not 4k+1", *resolved.frames);
        return resolved;
    }

    Result<PlanOutlook> outlook(const GenerateRequest& request) const override
    {
        ++outlooks;
        outlook_thread = std::this_thread::get_id();
        std::this_thread::sleep_for(behaviour.outlook_takes);
        if (behaviour.outlook_failure) return tl::unexpected(*behaviour.outlook_failure);
        PlanOutlook outlook = TRY(FakeOutlook(request).make());
        if (behaviour.forecasts) return outlook;
        outlook.remedies.clear();
        outlook.stages = {{{stage_of(Stage::EncodeText, "text_encoder")}, {}},
                          {{stage_of(Stage::Denoise, "transformer")}, {}},
                          {{stage_of(Stage::Decode, "vae")}, {}}};
        return outlook;
    }

    Result<Plan> plan(const GenerateRequest& request) const override
    {
        const PlanOutlook looked = TRY(outlook(request));
        return plan_within(looked, request.execution.budget_bytes.value_or(looked.auto_budget_bytes));
    }

    Result<RunReport> generate(const GenerateRequest& request, const Plan& plan, RunListener& listener,
                               std::stop_token stop) override
    {
        ++runs;
        is_running = true;
        last_request = request;
        const auto begun = std::chrono::steady_clock::now();
        Result<RunReport> report = run(request, plan, listener, stop);
        if (report) {
            report->seconds_total = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
            if (behaviour.on_finish) behaviour.on_finish(request);
        }
        is_running = false;
        return report;
    }

    /// Decodes the last run's clip once more.
    Result<RunReport> decode(const DecodeRequest& request, RunListener& listener, std::stop_token stop) override
    {
        last_decode = request;
        RunReport report;
        report.plan = TRY(plan(last_request));
        report.frames = *last_request.frames;
        TRY(decode_stage(last_request, report, listener, stop));
        report.outputs = {request.output.path};
        return report;
    }

    Result<RunReport> encode(const EncodeRequest&, RunListener&, std::stop_token) override
    {
        return fail(ErrorCode::Usage, "The fake engine does not encode files");
    }

    /// The picture of a moment: a rectangle that moves to the right over `count` pictures.
    static RgbFrame picture(int width, int height, int index, int count)
    {
        RgbFrame frame{width, height, std::vector<std::uint8_t>(std::size_t(width) * height * 3)};
        const int side = std::max(1, height / 3);
        const int left = count > 1 ? (width - side) * index / (count - 1) : 0;
        for (int y = 0; y < height; ++y) {
            for (int x = 0; x < width; ++x) {
                const bool inside = x >= left && x < left + side && y >= side && y < 2 * side;
                std::uint8_t* pixel = &frame.pixels[(std::size_t(y) * width + x) * 3];
                pixel[0] = inside ? 230 : 30;
                pixel[1] = inside ? 70 : std::uint8_t(60 + 60 * y / height);
                pixel[2] = inside ? 60 : 150;
            }
        }
        return frame;
    }

private:
    static ModelInfo model(const std::filesystem::path& dir, const char* name, int height, int frames, int largest, int steps)
    {
        ModelInfo info;
        info.dir = dir;
        info.display_name = name;
        info.family_name = "Wan 2.1";
        info.pipeline_class = "WanPipeline";
        const std::int64_t scale = height;
        info.components = {{"text_encoder", "UMT5EncoderModel", 9000 * scale, 18000 * scale, "bf16"},
                           {"transformer", "WanTransformer3DModel", 60000 * scale, 120000 * scale, "bf16"},
                           {"vae", "AutoencoderKLWan", 11000 * scale, 22000 * scale, "bf16"}};
        info.defaults = {
            height == 480 ? 832 : height, height, frames, steps, 5.0, 16, "a red square moving right on a blue background"};
        info.width_rule = {16, largest, 16, 0};
        info.height_rule = {16, largest, 16, 0};
        info.frames_rule = {1, 161, 4, 1};
        if (height == 480) add_own_settings(info);
        return info;
    }

    Result<RunReport> run(const GenerateRequest& request, const Plan& plan, RunListener& listener, std::stop_token stop)
    {
        RunReport report;
        report.plan = plan;
        report.frames = *request.frames;
        TRY(stage(Stage::EncodeText, 6, 1, report, listener, stop, [](int) {}));
        TRY(stage(Stage::Denoise, *request.steps, 1, report, listener, stop,
                  [&](int step) { preview(request, step, listener); }));
        const auto decoded = decode_stage(request, report, listener, stop);
        if (!decoded && !behaviour.kept_latents.empty()) listener.latents_kept(behaviour.kept_latents);
        if (!decoded) return tl::unexpected(decoded.error());
        report.outputs = {request.output.path};
        return report;
    }

    Result<void> decode_stage(const GenerateRequest& request, RunReport& report, RunListener& listener, std::stop_token stop)
    {
        return stage(Stage::Decode, *request.frames, 4, report, listener, stop, [&](int done) {
            for (int i = done == 1 ? 0 : done - 4; i < done; ++i) {
                listener.frame_decoded(0, i, picture(*request.width, *request.height, i, *request.frames));
            }
        });
    }

    static void add_own_settings(ModelInfo& info)
    {
        info.extra_settings = {
            {"flow_shift", "Flow shift", "More of the steps go to high noise", ExtraSetting::Kind::Number, 0.1, 100, 0.5, 3.0},
            {"dynamic_guidance", "Dynamic guidance", "It grows from step to step", ExtraSetting::Kind::Switch, 0, 1, 1, 0}};
        GenerationDefaults large = info.defaults;
        large.width = 1280;
        large.height = 720;
        info.presets = {{"720p, as the authors run it", large, {{"flow_shift", 5.0}}}};
    }

    /// Runs the units of a stage; `chunk` units are done together after the first.
    Result<void> stage(Stage stage, int total, int chunk, RunReport& report, RunListener& listener, std::stop_token stop,
                       const std::function<void(int)>& work)
    {
        const auto begun = std::chrono::steady_clock::now();
        const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count(); };
        const auto peak = std::int64_t(behaviour.measured_share * double(report.plan.of(stage).predicted_peak_bytes));
        const std::string component = report.plan.of(stage).component;
        listener.stage_started(stage, total);
        for (int done = 1; done <= total; done += chunk) {
            std::this_thread::sleep_for(behaviour.unit);
            const bool middle = done > total / 2;
            if (middle && behaviour.fail_at == stage) return tl::unexpected(behaviour.failure);
            while (middle && behaviour.hold_at == stage && !stop.stop_requested())
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            if (stop.stop_requested()) return fail(ErrorCode::Cancelled, "The run was stopped");
            work(done);
            for (int i = 0; i <= behaviour.floods_per_unit; ++i)
                listener.stage_progressed({stage, component, done, total, seconds(), peak * done / total});
        }
        const StageReport ended{stage, component, true, seconds(), report.plan.of(stage).predicted_peak_bytes, peak};
        report.stages.push_back(ended);
        report.peak_bytes = std::max(report.peak_bytes, ended.measured_peak_bytes);
        listener.stage_finished(ended);
        return {};
    }

    void preview(const GenerateRequest& request, int step, RunListener& listener) const
    {
        const int latents = (*request.frames - 1) / 4 + 1;
        for (int flood = 0; flood <= behaviour.floods_per_unit; ++flood) {
            LatentPreview preview{step, {}};
            for (int i = 0; i < latents; ++i)
                preview.frames.push_back(picture(*request.width / 8, *request.height / 8, i, latents));
            listener.latents_previewed(preview);
        }
    }
};

}  // namespace headroom::test

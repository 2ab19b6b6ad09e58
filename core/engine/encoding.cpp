#include "core/engine/encoding.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/ops/cat.h>

#include "core/base/cancel.h"
#include "core/base/counted.h"
#include "core/engine/check_numbers.h"
#include "core/engine/clip_input.h"
#include "core/media/output_path.h"

namespace headroom {

namespace {

using models::ClipSize;

Result<void> check_given(const char* option, const std::optional<int>& value, const NumberRule& rule)
{
    if (!value || rule.allows(*value)) return {};
    return fail(ErrorCode::Usage, "{} {} can't be encoded by this model: the nearest it can is {} ({} {})", option, *value,
                rule.nearest(*value), option, rule.nearest(*value));
}

Result<std::vector<ClipSize>> measure_inputs(const EncodeRequest& request, const ModelInfo& model, const std::stop_token& stop)
{
    std::vector<ClipSize> sizes;
    for (const auto& input : request.inputs) {
        sizes.push_back(TRY(measure_clip(input, request.frames.value_or(model.frames_rule.maximum), stop)));
        if (request.width && request.height) continue;
        const ClipSize& first = sizes.front();
        const ClipSize& size = sizes.back();
        if (size.width == first.width && size.height == first.height) continue;
        return fail(ErrorCode::Usage,
                    "The inputs have different sizes ({} has {}×{} pixels, {} has {}×{}): give --width and --height",
                    media::display_path(request.inputs.front()), first.width, first.height, media::display_path(input),
                    size.width, size.height);
    }
    return sizes;
}

// Fills in the sides that the request left out.
Result<void> choose_sides(ClipSize& clip, const EncodeRequest& request, const ClipSize& own, const ModelInfo& model)
{
    const auto scaled = [](int side, int given, int of) { return int(std::lround(double(side) * given / of)); };
    clip.width = request.width.value_or(request.height ? model.width_rule.nearest(scaled(own.width, *request.height, own.height))
                                                       : model.width_rule.largest_up_to(own.width));
    clip.height = request.height.value_or(request.width ? model.height_rule.nearest(scaled(own.height, *request.width, own.width))
                                                        : model.height_rule.largest_up_to(own.height));
    if (request.width || request.height || (clip.width <= own.width && clip.height <= own.height)) return {};
    return fail(
        ErrorCode::BadInput, "{} has {}×{} pixels, but the smallest clip of this model is {}×{}: give --width and --height",
        media::display_path(request.inputs.front()), own.width, own.height, model.width_rule.minimum, model.height_rule.minimum);
}

Result<int> choose_frames(const EncodeRequest& request, const std::vector<ClipSize>& sizes, const NumberRule& rule,
                          RunListener& listener)
{
    const auto shortest = std::ranges::min_element(sizes, {}, &ClipSize::frames);
    const auto name = media::display_path(request.inputs[std::size_t(shortest - sizes.begin())]);
    const int wanted = request.frames.value_or(rule.minimum);
    if (shortest->frames < wanted) {
        return fail(ErrorCode::BadInput, "{} has only {}, but {} are to be encoded{}", name, counted(shortest->frames, "frame"),
                    wanted, request.frames ? "" : " at least");
    }
    if (request.frames) return wanted;
    const int frames = rule.largest_up_to(shortest->frames);
    const auto longest = std::ranges::max_element(sizes, {}, &ClipSize::frames);
    if (longest->frames != frames) {
        const std::string of_model = fmt::format("a clip of this model has {}", rule.words());
        const std::string of_input = frames == shortest->frames
                                         ? fmt::format("{} has no more", name)
                                         : fmt::format("{} has {}, and {}", name, shortest->frames, of_model);
        listener.noticed(fmt::format("The first {} of {} frames are encoded: {}", frames, longest->frames,
                                     longest->frames == shortest->frames ? of_model : of_input));
    }
    return frames;
}

}  // namespace

Result<ClipSize> resolve_inputs(const EncodeRequest& request, const ModelInfo& model, RunListener& listener,
                                const std::stop_token& stop)
{
    if (request.inputs.empty()) return fail(ErrorCode::Usage, "There is nothing to encode: give at least one --input");
    TRY(check_given("--width", request.width, model.width_rule));
    TRY(check_given("--height", request.height, model.height_rule));
    TRY(check_given("--frames", request.frames, model.frames_rule));
    const auto sizes = TRY(measure_inputs(request, model, stop));
    const ClipSize& own = sizes.front();
    ClipSize clip;
    TRY(choose_sides(clip, request, own, model));
    clip.frames = TRY(choose_frames(request, sizes, model.frames_rule, listener));
    if (!(request.width && request.height) && (clip.width != own.width || clip.height != own.height)) {
        listener.noticed(
            fmt::format("The frames are scaled from {}×{} to {}×{} pixels: sizes of this model are multiples of {}×{}", own.width,
                        own.height, clip.width, clip.height, model.width_rule.step, model.height_rule.step));
    }
    return clip;
}

namespace {

/// The next frame of each clip: [clips, 3, 1, height, width].
Result<Tensor> next_frames(std::vector<ClipInput>& clips)
{
    std::vector<Tensor> pixels;
    for (ClipInput& clip : clips) pixels.push_back(TRY(clip.next()));
    return pixels.size() == 1 ? pixels.front() : at::cat(pixels);
}

/// Encodes inputs side by side, from their first frames on.
Result<Tensor> encode_group(std::span<const std::filesystem::path> inputs, const ClipSize& size, const StagePlan& plan,
                            const RunEnvironment& environment, models::StageContext context,
                            const std::function<void(int)>& encoded)
{
    memory::PlannedWeightSources sources = weight_sources(plan.weights, context, environment);
    context.sources = &sources;
    std::vector<ClipInput> clips;
    for (const auto& input : inputs) clips.push_back(TRY(ClipInput::open(input, size)));
    VaePlan how = plan.vae;
    how.slicing = clips.size() > 1 ? Slicing::Off : Slicing::On;
    const auto encoder = TRY(environment.model.load_encoder(size, int(clips.size()), how, context));
    for (int frame = 0; frame < size.frames; ++frame) {
        TRY(check_not_cancelled(environment.stop));
        TRY(encoder->push(TRY(next_frames(clips))));
        encoded((frame + 1) * int(clips.size()));
    }
    Tensor latents = TRY(encoder->finish());
    TRY(check_numbers(latents, environment.model.info().dir / plan.component, context.dtype));
    return latents;
}

}  // namespace

Result<Tensor> encode_clips(const std::vector<std::filesystem::path>& inputs, const ClipSize& size, AdaptivePlan& plan,
                            const RunEnvironment& environment, RunReport& report)
{
    const std::size_t batch = inputs.size();
    const std::size_t at_once = plan.of(Stage::Encode).vae.slicing == Slicing::On ? 1 : batch;
    const int total_frames = int(batch) * size.frames;
    const models::StageContext context = TRY(stage_context(plan.plan(), environment));
    StageMeter meter(Stage::Encode, plan.of(Stage::Encode).component, total_frames, environment.devices, context.device,
                     environment.listener);

    std::vector<Tensor> latents;
    for (std::size_t first = 0; first < batch; first += at_once) {
        const std::span group(inputs.data() + first, at_once);
        const auto encode = [&]() -> Result<void> {
            latents.push_back(TRY(encode_group(group, size, plan.of(Stage::Encode), environment, context, [&](int done) {
                meter.progressed(int(first) * size.frames + done, total_frames);
            })));
            return {};
        };
        TRY(plan.run(Stage::Encode, plan.of(Stage::Encode).component, encode));
    }
    report.frames = size.frames;
    meter.finish(plan.of(Stage::Encode), report);
    return latents.size() == 1 ? latents.front() : at::cat(latents);
}

}  // namespace headroom

#include "core/engine/decoding.h"

#include <algorithm>
#include <span>
#include <utility>

#include "core/base/cancel.h"
#include "core/engine/check_numbers.h"
#include "core/engine/pixels.h"

namespace headroom {

ClipDecoding::ClipDecoding(Tensor latents, Target target, AdaptivePlan& plan, const RunEnvironment& environment,
                           const Stopwatch& run_watch)
    : m_latents(std::move(latents)), m_target(std::move(target)), m_plan(plan), m_environment(environment), m_run_watch(run_watch)
{
}

Result<void> ClipDecoding::run(RunReport& report)
{
    const int batch = int(m_latents.size(0));
    m_clip_frames = TRY(m_environment.model.clip_size(m_latents.sizes().vec())).frames;
    // Which files are open side by side is settled before the first frame leaves; a cheaper way may still take their items one
    // after the other.
    const int together = m_plan.of(Stage::Decode).vae.slicing == Slicing::On ? 1 : batch;
    const at::Device device = TRY(stage_context(m_plan.plan(), m_environment)).device;
    StageMeter meter(Stage::Decode, m_plan.of(Stage::Decode).component, batch * m_clip_frames, m_environment.devices, device,
                     m_environment.listener);
    for (int first = 0; first < batch; first += together) {
        std::vector<ClipOutput> clips;
        for (int item = first; item < first + together; ++item) {
            clips.push_back(
                TRY(ClipOutput::open(m_target.output, m_target.format, m_target.metadata, item, m_environment.listener)));
        }
        const Tensor latents = m_latents.narrow(0, first, together);
        TRY(m_plan.run(Stage::Decode, m_plan.of(Stage::Decode).component,
                       [&] { return decode_group(latents, clips, meter, report); }));
        m_frames_done += together * m_clip_frames;
        for (ClipOutput& clip : clips) {
            report.frames = clip.frames();
            auto path = TRY(clip.finish());
            if (!path.empty()) report.outputs.push_back(std::move(path));
        }
    }
    meter.finish(m_plan.of(Stage::Decode), report);
    return {};
}

/// Hands out the frames of the group that have not been handed out yet.
Result<void> ClipDecoding::decode_group(const Tensor& latents, std::vector<ClipOutput>& clips, StageMeter& meter,
                                        RunReport& report)
{
    const auto decode = [&](std::size_t first, std::size_t count) {
        const std::span together = std::span(clips).subspan(first, count);
        return decode_frames(latents.narrow(0, std::int64_t(first), std::int64_t(count)), together, clips, meter, report);
    };
    if (m_plan.of(Stage::Decode).vae.slicing == Slicing::Off) return decode(0, clips.size());
    for (std::size_t item = 0; item < clips.size(); ++item) {
        if (clips[item].frames() < m_clip_frames) TRY(decode(item, 1));
    }
    return {};
}

/// `clips`: of the latents; `group`: all that are open, whose frames count as done.
Result<void> ClipDecoding::decode_frames(const Tensor& latents, std::span<ClipOutput> clips, std::span<const ClipOutput> group,
                                         StageMeter& meter, RunReport& report)
{
    models::StageContext context = TRY(stage_context(m_plan.plan(), m_environment));
    memory::PlannedWeightSources sources = weight_sources(m_plan.of(Stage::Decode).weights, context, m_environment);
    context.sources = &sources;
    VaePlan how = m_plan.of(Stage::Decode).vae;
    how.slicing = clips.size() > 1 ? Slicing::Off : Slicing::On;
    const auto decoder = TRY(m_environment.model.load_decoder(latents, how, context));

    const auto folder = m_environment.model.info().dir / m_plan.of(Stage::Decode).component;
    int first_frame = 0;  // of the chunk, in its clip
    while (const auto chunk = TRY(decoder->next())) {
        const int count = int(chunk->size(2));
        for (std::size_t item = 0; item < clips.size(); ++item) {
            const int skipped = std::clamp(clips[item].frames() - first_frame, 0, count);
            if (skipped == count) continue;
            const Tensor fresh = chunk->narrow(0, std::int64_t(item), 1).narrow(2, skipped, count - skipped);
            TRY(check_numbers(fresh, folder, context.dtype));
            for (RgbFrame& frame : to_rgb_frames(fresh)) {
                TRY(check_not_cancelled(m_environment.stop));
                if (report.seconds_to_first_frame == 0) report.seconds_to_first_frame = m_run_watch.seconds();
                TRY(clips[item].add(std::move(frame)));
            }
        }
        first_frame += count;
        int done = m_frames_done;
        for (const ClipOutput& clip : group) done += clip.frames();
        meter.progressed(done, int(m_latents.size(0)) * m_clip_frames);
    }
    return {};
}

}  // namespace headroom

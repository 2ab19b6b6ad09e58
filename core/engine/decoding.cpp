#include "core/engine/decoding.h"

#include <utility>

#include "core/base/cancel.h"
#include "core/engine/clip_output.h"
#include "core/engine/compute_dtype.h"
#include "core/engine/pixels.h"
#include "core/memory/file_weights.h"

namespace headroom {

Result<models::StageContext> stage_context(const Plan& plan, const RunEnvironment& environment)
{
    models::StageContext context;
    context.device = TRY(environment.devices.find(plan.device)).device;
    context.dtype = scalar_type(plan.dtype);
    context.stop = environment.stop;
    return context;
}

Result<void> decode_clips(const Tensor& latents, const Plan& plan, const OutputOptions& output, const media::VideoFormat& format,
                          const media::ClipMetadata& metadata, const RunEnvironment& environment, const Stopwatch& run_watch,
                          RunReport& report)
{
    const int batch = int(latents.size(0));
    const int clip_frames = TRY(environment.model.clip_size(latents.sizes().vec())).frames;
    models::StageContext context = TRY(stage_context(plan, environment));
    memory::FileWeightSources sources(context.device, context.dtype);
    context.sources = &sources;
    StageMeter meter(Stage::Decode, batch * clip_frames, environment.devices, context.device, environment.listener);

    for (int item = 0; item < batch; ++item) {
        auto clip = TRY(ClipOutput::open(output, format, metadata, item, environment.listener));
        const auto decoder = TRY(environment.model.load_decoder(latents.narrow(0, item, 1), plan.of(Stage::Decode).vae, context));
        while (const auto frames = TRY(decoder->next())) {
            for (RgbFrame& frame : to_rgb_frames(*frames)) {
                TRY(check_not_cancelled(environment.stop));
                if (report.seconds_to_first_frame == 0) report.seconds_to_first_frame = run_watch.seconds();
                TRY(clip.add(std::move(frame)));
            }
            meter.progressed(item * clip_frames + clip.frames(), batch * clip_frames);
        }
        report.frames = clip.frames();
        auto path = TRY(clip.finish());
        if (!path.empty()) report.outputs.push_back(std::move(path));
    }
    meter.finish(report);
    return {};
}

}  // namespace headroom

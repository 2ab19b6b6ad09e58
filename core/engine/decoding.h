#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/engine/adaptive_plan.h"
#include "core/engine/clip_output.h"
#include "core/engine/run_environment.h"
#include "core/engine/run_report.h"
#include "core/engine/stage_meter.h"
#include "core/media/video_writer.h"

namespace headroom {

/// The decode stage of a run: latents to frames, to the listener and the files. Lives on the engine thread for the length of the
/// stage.
class ClipDecoding {
public:
    struct Target {
        const OutputOptions& output;
        media::VideoFormat format;
        media::ClipMetadata metadata;
    };

    /// latents: [batch, …] normalised. `run_watch` began with the run, for seconds_to_first_frame.
    ClipDecoding(Tensor latents, Target target, AdaptivePlan& plan, const RunEnvironment& environment,
                 const Stopwatch& run_watch);

    /// Decodes everything; the report gains the decode stage, frames and outputs. When memory runs out the clip goes on by a
    /// cheaper way: what a causal decoder remembers is made anew from the clip's beginning, frames that were handed out are not
    /// handed out again. Errors: Cancelled, BadOutput, OutOfMemory. No file is left under its final name by an item that was not
    /// finished.
    Result<void> run(RunReport& report);

private:
    Result<void> decode_group(const Tensor& latents, std::vector<ClipOutput>& clips, StageMeter& meter, RunReport& report);
    Result<void> decode_frames(const Tensor& latents, std::span<ClipOutput> clips, std::span<const ClipOutput> group,
                               StageMeter& meter, RunReport& report);

    Tensor m_latents;
    Target m_target;
    AdaptivePlan& m_plan;
    const RunEnvironment& m_environment;
    const Stopwatch& m_run_watch;
    int m_clip_frames = 0;
    int m_frames_done = 0;  ///< Of all items.
};

}  // namespace headroom

#pragma once

#include "core/engine/generation.h"
#include "core/media/clip_metadata.h"
#include "core/media/video_writer.h"

namespace headroom {

/// The context of a stage on a plan's device: what a model needs to know of where it runs.
Result<models::StageContext> stage_context(const Plan& plan, const RunEnvironment& environment);

/// Decodes latents, item by item and chunk by chunk, to the listener and the files. latents: [batch, …] normalised. `run_watch`
/// began with the run, for seconds_to_first_frame; the report gains the decode stage, frames and outputs.
/// Errors: Cancelled, BadOutput. No file is left under its final name by an item that was not finished.
Result<void> decode_clips(const Tensor& latents, const Plan& plan, const OutputOptions& output, const media::VideoFormat& format,
                          const media::ClipMetadata& metadata, const RunEnvironment& environment, const Stopwatch& run_watch,
                          RunReport& report);

}  // namespace headroom

#pragma once

#include <filesystem>
#include <stop_token>

#include "core/base/result.h"
#include "core/device/devices.h"
#include "core/engine/events.h"
#include "core/engine/plan.h"
#include "core/memory/kept_weights.h"
#include "core/memory/planned_weights.h"
#include "core/models/video_model.h"

namespace headroom {

/// What a run works with besides its request; outlives the run.
struct RunEnvironment {
    const models::VideoModel& model;
    const Devices& devices;
    memory::KeptWeights& kept;
    std::filesystem::path state_dir;  ///< Latents of runs that did not finish are kept below it.
    RunListener& listener;
    std::stop_token stop;
};

/// What a model needs to know of where a stage runs; the sources of its weights are added by whoever runs the stage. Errors:
/// Device.
Result<models::StageContext> stage_context(const Plan& plan, const RunEnvironment& environment);

/// Opens a component's weights as the plan says, on the context's device and in its dtype. Outlives what the stage loads with it.
memory::PlannedWeightSources weight_sources(const memory::WeightPlan& weights, const models::StageContext& context,
                                            const RunEnvironment& environment);

}  // namespace headroom

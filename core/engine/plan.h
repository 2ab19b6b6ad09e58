#pragma once

#include <string>
#include <vector>

#include "core/engine/events.h"
#include "core/engine/request.h"

namespace headroom {

/// Where a component's weights are while the run needs them. More strategies come with the planner; each gives the same bits.
enum class Residency {
    WhileStageRuns,  ///< Model offload: loaded when its stage begins, dropped when it ends.
};

/// How one stage will be done.
struct StagePlan {
    Stage stage = Stage::EncodeText;
    std::string component;  ///< The folder whose weights it needs: "transformer".
    Residency residency = Residency::WhileStageRuns;
};

/// How a request will be run: the whole answer to "where, in what order, in what pieces". Values only; made before the run, shown to the person, never changed by it.
struct Plan {
    std::string device;  ///< "cpu" or "cuda:0".
    ComputeDtype dtype = ComputeDtype::Float32;
    std::vector<StagePlan> stages;  ///< In the order of the family's offload chain.
    int latents_per_chunk = 1;      ///< Latent frames the decoder takes at once after the first.
};

}  // namespace headroom

#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/engine/events.h"
#include "core/engine/request.h"
#include "core/planner/rates.h"

namespace headroom {

/// All that the search must know of a request, its device and the machine, besides what dry runs find.
struct SearchFacts {
    std::string device = "cpu";  ///< "cpu", "cuda:0".
    bool device_is_host = true;  ///< The device's memory is the computer's.
    ComputeDtype dtype = ComputeDtype::Float32;
    std::int64_t device_bytes = 0;       ///< As in PlanOutlook.
    std::int64_t others_bytes = 0;
    std::int64_t auto_budget_bytes = 0;
    std::int64_t host_free_bytes = 0;    ///< 0: unknown, no limit.
    std::int64_t context_bytes = 0;      ///< What the device's driver takes for this process; 0 on the CPU.

    double guidance = 1;             ///< Above 1 each step has two passes.
    int batch = 1;
    std::int64_t tokens = 0;         ///< Of one clip in the denoiser, to bound pieces; 0: unknown.
    int heads = 0;                   ///< Of its self-attention; 0: unknown, heads are not grouped.
    int latent_frames = 1;
    int latent_height = 0;           ///< Rows of the latents, to bound strips; 0: unknown.
    int width = 0;                   ///< Pixels, to leave out tiles as large as the frame; 0: unknown.
    int height = 0;
    bool embeddings_cached = false;  ///< The prompts' embeddings are at hand: no text encoder is needed.
    Pins pins;

    MachineRates device_rates;
    MachineRates host_rates;             ///< Of the CPU, for what is computed on the host.
    std::map<Stage, double> corrections; ///< Measured against predicted seconds on this machine; 1 where it is missing.
};

}  // namespace headroom

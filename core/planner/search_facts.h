#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "core/engine/events.h"
#include "core/engine/request.h"
#include "core/planner/card_terms.h"
#include "core/planner/rates.h"

namespace headroom {

/// By stage and component.
using StageCorrections = std::map<std::pair<Stage, std::string>, double>;
using StageWorkspaces = std::map<std::pair<Stage, std::string>, std::int64_t>;

/// All that the search must know of a request, its device and the machine, besides what dry runs find.
struct SearchFacts {
    std::string device = "cpu";  ///< "cpu", "cuda:0".
    bool device_is_host = true;  ///< The device's memory is the computer's.
    ComputeDtype dtype = ComputeDtype::Float32;
    std::int64_t device_bytes = 0;  ///< As in PlanOutlook.
    std::int64_t others_bytes = 0;
    std::int64_t auto_budget_bytes = 0;
    std::int64_t host_free_bytes = 0;  ///< 0: unknown, no limit.
    CardTerms card;                    ///< Nothing on the CPU.

    int passes = 1;  ///< Of each step: 2 with the negative prompt.
    int batch = 1;
    std::int64_t tokens = 0;  ///< Of one clip in the denoiser, to bound pieces; 0: unknown.
    int heads = 0;            ///< Of its self-attention; 0: unknown, heads are not grouped.
    int latent_frames = 1;
    int latent_height = 0;  ///< Rows of the latents, to bound strips; 0: unknown.
    int width = 0;          ///< Pixels, to leave out tiles as large as the frame; 0: unknown.
    int height = 0;
    /// Text encoders whose embeddings of the prompts are at hand, in so many bytes: they are not needed.
    std::map<std::string, std::int64_t> cached_encoders;
    std::map<std::string, std::int64_t> kept_bytes;  ///< Components whose weights an earlier run left on the device.
    std::size_t text_encoders = 1;                   ///< How many the model has.
    bool vae_has_cache = true;                       ///< Which the host can hold.
    int most_latents_per_chunk = 2;                  ///< That the VAE takes at once after the first.
    Pins pins;

    MachineRates device_rates;
    MachineRates host_rates;       ///< Of the CPU, for what is computed on the host.
    StageCorrections corrections;  ///< Measured against predicted seconds on this machine; 1 where it is missing.
    StageWorkspaces workspaces;    ///< Bytes of the device that earlier runs needed beside what was forecast of tensors.
};

}  // namespace headroom

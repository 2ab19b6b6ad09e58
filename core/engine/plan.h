#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine/events.h"
#include "core/engine/request.h"
#include "core/memory/weight_plan.h"

namespace headroom {

/// How one denoising step is computed. The same mathematics each; all but the guidance orders Sequential and Interleaved change
/// the shape of a product and so the last bits.
struct DenoisePlan {
    GuidanceOrder guidance = GuidanceOrder::Sequential;
    std::int64_t token_rows = 0;  ///< Tokens that pass projections and feed-forwards at a time; 0: the model's choice.
    int head_groups = 1;          ///< Self-attention does its heads in this many groups.

    bool operator==(const DenoisePlan&) const = default;
};

/// How a VAE decodes or encodes.
struct VaePlan {
    VaeMethod method = VaeMethod::Whole;
    int strips = 1;      ///< Strips: horizontal bands of the levels above the mid block.
    TileGeometry tiles;  ///< Tiles: sizes and strides in pixels.
    CachePlace cache = CachePlace::Device;
    int latents_per_chunk = 1;  ///< Latent frames taken at once after the first: 1 or 2.
    Slicing slicing = Slicing::On;

    bool operator==(const VaePlan&) const = default;
};

/// What a stage's memory is made of.
enum class MemoryKind { Weights, StreamedWindow, Activations, Cache, Workspace, Context };
struct MemoryPart {
    MemoryKind kind = MemoryKind::Activations;
    std::int64_t size_bytes = 0;
};

/// Whether a component's files come into the computer's memory while the component before it still computes the same stage.
enum class Prefetch {
    None,    ///< No component computes the stage before it.
    Ahead,   ///< They fit there beside what is in use.
    NoRoom,  ///< They don't: the computer would swap, or drop what is still needed. They are read when their turn comes.
};

/// How one stage will be done, and what that is forecast to cost.
struct StagePlan {
    Stage stage = Stage::EncodeText;
    std::string component;  ///< The folder whose weights it needs: "transformer".
    memory::WeightPlan weights;
    DenoisePlan denoise;  ///< Of a Denoise stage.
    VaePlan vae;          ///< Of a Decode or Encode stage.

    std::int64_t predicted_peak_bytes = 0;  ///< On the device; 0 while no forecast exists.
    std::int64_t predicted_host_bytes = 0;  ///< In the computer's memory besides, where the device is another.
    double predicted_seconds = 0;
    std::vector<MemoryPart> parts;  ///< What the peak is made of; they add up to it.
    Prefetch prefetch = Prefetch::None;
    bool kept_before = false;     ///< Residency::WholeRun: an earlier run left the weights on the device.
    std::int64_t file_bytes = 0;  ///< Of the component's weights on the disk, as far as the stage needs them.
    int blocks = 0;               ///< Of the component: "12 of 40 stay"; 0 while no forecast exists.
    bool exact = true;            ///< False: it changes pixels (≈).
};

/// What a stage's tensors are forecast to hold of the device at its peak: all parts but workspace and context.
std::int64_t tensor_bytes(const StagePlan& stage);

/// A stage and its component with everything else left at its default.
StagePlan stage_of(Stage stage, std::string component);

/// How a request will be run: the whole answer to "where, in what order, in what pieces". Values only; made before the run, shown
/// to the person, never changed by it.
struct Plan {
    std::string device;  ///< "cpu" or "cuda:0".
    ComputeDtype dtype = ComputeDtype::Float32;
    std::int64_t budget_bytes = 0;  ///< What the run keeps to; 0: no budget.
    std::vector<StagePlan> stages;  ///< In the order of the family's offload chain.

    /// The first stage of that kind; the default stage when there is none.
    const StagePlan& of(Stage stage) const;
    /// The stage of that kind which this component computes; the default stage when there is none.
    const StagePlan& of(Stage stage, std::string_view component) const;
    /// The components of the stages of that kind, in their order.
    std::vector<std::string> components_of(Stage stage) const;

    /// The whole run's, by the stages' forecasts: their seconds together, the highest of their peaks on the device.
    double predicted_seconds() const;
    std::int64_t predicted_peak_bytes() const;
    /// What the device's driver takes for this process meanwhile; 0 on the CPU.
    std::int64_t context_bytes() const;
};

}  // namespace headroom

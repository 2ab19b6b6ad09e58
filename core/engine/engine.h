#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/events.h"
#include "core/engine/model_info.h"
#include "core/engine/outlook.h"
#include "core/engine/plan.h"
#include "core/engine/request.h"
#include "core/engine/run_report.h"

namespace headroom {

/// The front door of the core: request → plan → run → frames. An interface so that the window can be tested with a fake.
///
/// Threads: list_models, inspect, resolve, outlook and plan may be called from any thread and touch no tensor; generate and
/// decode run on the caller's thread, which is then the engine thread, one at a time.
class Engine {
public:
    virtual ~Engine() = default;

    /// The demo model first, then every diffusers folder in the person's folders and in the Hugging Face cache.
    virtual std::vector<ModelEntry> list_models(const std::vector<std::filesystem::path>& folders) const = 0;

    /// Opens a folder and describes it; an empty path is the demo model. Errors: BadModel.
    virtual Result<ModelInfo> inspect(const std::filesystem::path& model_dir) const = 0;

    /// Fills in what the request left out and refuses, before any work, what the model can't do: sizes and lengths that are not
    /// legal (naming the nearest), damaged or contradictory weights, an output that can't be written, a device that is not there.
    /// Errors: Usage, BadModel, BadInput, BadOutput, Device.
    virtual Result<GenerateRequest> resolve(const GenerateRequest& request) const = 0;

    /// All that is known of a request before it runs, for every budget at once. Needs a prompt no more than a folder of weights:
    /// model_dir may name a model of the catalog. Walks the model's code on shapes alone. Errors: Usage, BadModel, Device.
    virtual Result<PlanOutlook> outlook(const GenerateRequest& request) const = 0;

    /// How a resolved request would be run within its budget. Errors: as resolve; DoesNotFit.
    virtual Result<Plan> plan(const GenerateRequest& request) const = 0;

    /// Runs a resolved request. Cancel is polled every block, chunk and frame. The denoised latents are written (when asked for)
    /// before the decode starts; a failed or cancelled run leaves no file under the final name.
    /// Errors: Cancelled, OutOfMemory, BadOutput, Device, Internal.
    virtual Result<RunReport> generate(const GenerateRequest& request, const Plan& plan, RunListener& listener,
                                       std::stop_token stop) = 0;

    /// Decodes a file of latents to frames; checks like resolve, runs like generate.
    virtual Result<RunReport> decode(const DecodeRequest& request, RunListener& listener, std::stop_token stop) = 0;

    /// Encodes videos to a file of normalised latents, which decode takes; checks like resolve, runs like generate. Frames stream
    /// in, so its memory does not grow with their number (beside the latents themselves, which are small). Errors: Usage,
    /// BadModel, BadInput, BadOutput, Device, Cancelled, OutOfMemory, Internal.
    virtual Result<RunReport> encode(const EncodeRequest& request, RunListener& listener, std::stop_token stop) = 0;
};

/// Where the program's own files lie.
struct EnginePaths {
    std::filesystem::path demo_model_dir;
    std::filesystem::path state_dir;             ///< Measurements of this machine, and latents of runs that did not finish.
    std::filesystem::path modules_dir;           ///< The loadable CUDA module.
    std::filesystem::path catalog_dir = {};      ///< Configs of published models, a folder each.
    std::filesystem::path gpu_runtime_dir = {};  ///< LibTorch's CUDA part and NVIDIA's libraries; need not exist.
};

/// The real engine.
std::unique_ptr<Engine> make_engine(EnginePaths paths);

/// The libraries that do the work, for people who report a problem: "LibTorch 2.11.0", "FFmpeg 5.1.9".
std::vector<std::string> component_versions();

}  // namespace headroom

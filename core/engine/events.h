#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/rgb_frame.h"

namespace headroom {

/// The stages of a run, in their order; Encode stands alone: a video to latents.
enum class Stage { EncodeText, Denoise, Decode, Encode };

/// Progress of one stage. `done` of `total` units: text layers, denoising steps, or pixel frames.
struct StageProgress {
    Stage stage = Stage::EncodeText;
    std::string component;  ///< "transformer": which of the stage's components is at work.
    int done = 0;
    int total = 0;
    double elapsed_seconds = 0;            ///< Since the stage began.
    std::int64_t measured_peak_bytes = 0;  ///< Everything on the device, so far in this stage.
};

/// What a stage cost, told when it has ended: one a component, where a stage has several (two text encoders, two transformers).
struct StageReport {
    Stage stage = Stage::EncodeText;
    std::string component;   ///< "transformer"
    bool ends_stage = true;  ///< False when another component of the same stage goes on.
    double seconds = 0;
    std::int64_t predicted_peak_bytes = 0;
    /// Everything this process held of the device: weights, activations, caches, workspace, context.
    std::int64_t measured_peak_bytes = 0;
    std::int64_t tensor_peak_bytes = 0;  ///< What tensors held of it at most; on the CPU that is all.
    double predicted_seconds = 0;
};

/// A cheap look at the latents after a denoising step: one small picture per latent frame, by a linear latent→RGB map.
struct LatentPreview {
    int step = 0;  ///< Steps done, from 1.
    std::vector<RgbFrame> frames;
};

/// Hears of a run. Every method is called on the engine thread, in order, and must return quickly: it may copy or post, not draw
/// or wait.
class RunListener {
public:
    virtual ~RunListener() = default;

    virtual void stage_started(Stage stage, int total) = 0;
    virtual void stage_progressed(const StageProgress& progress) = 0;
    virtual void stage_finished(const StageReport& report) = 0;
    virtual void latents_previewed(const LatentPreview& preview) = 0;
    /// A real frame left the decoder. Frames of one batch item come in order; items one after another, or side by side with
    /// Slicing::Off.
    virtual void frame_decoded(int batch_item, int frame_index, const RgbFrame& frame) = 0;
    /// Something the person should know that stops nothing ("8 of 10 GiB are free on the disk").
    virtual void noticed(const std::string& sentence) = 0;
    /// The run ends without its clip after denoising, because it failed or was stopped: Engine::decode makes the clip from this
    /// file.
    virtual void latents_kept(const std::filesystem::path& /*latents*/) {}
};

/// The stage's name in reports and files: "text_encoder", "denoise", "decode", "encode".
const char* stage_name(Stage stage);

}  // namespace headroom

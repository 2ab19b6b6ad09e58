#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include "core/base/result.h"
#include "core/engine/model_info.h"
#include "core/engine/plan.h"
#include "core/files/weight_index.h"
#include "core/memory/weight_source.h"
#include "core/sampling/scheduler.h"
#include "core/tensor/tensor.h"

namespace headroom::models {

/// Where a stage computes, who holds its weights, and how it is stopped and watched.
struct StageContext {
    at::Device device = at::kCPU;  ///< `meta` for a dry run.
    at::ScalarType dtype = at::kFloat;
    memory::WeightSources* sources = nullptr;  ///< Of the stage's component; never null, outlives what the stage returns.
    std::stop_token stop;
    std::function<void(int done, int total)> progressed;  ///< May be empty.
};

/// What the text encoders made of the prompts, by name: plain tensors, so that they can be kept on disk by prompt.
using Conditioning = std::map<std::string, Tensor>;

/// The prompts of a request.
struct Prompts {
    std::string prompt;
    std::string negative_prompt;
};

/// What steers the denoising besides the prompts.
struct DenoiseSettings {
    int steps = 1;
    double guidance = 1.0;
    /// By ExtraSetting::key, complete and in their ranges; keys that a family does not know don't come.
    std::map<std::string, double> extra;
};

/// Prompts as token ids for one text encoder, by the name of what it makes of each ("prompt_embeds", "negative_prompt_embeds").
using PromptTokens = std::map<std::string, std::vector<std::int32_t>>;

/// The same for all of a model's text encoders, by component.
using TextTokens = std::map<std::string, PromptTokens>;

/// A denoising model with its weights at hand: latents and time in, what the scheduler expects out.
class Denoiser {
public:
    virtual ~Denoiser() = default;

    /// latents: [batch, …] float32 in the family's layout → the guided model output, float32, same shape. Errors: Cancelled.
    virtual Result<Tensor> predict(const Tensor& latents, double timestep) = 0;
};

/// A decoder with its weights at hand, as a generator: frames leave as soon as they are final and nothing keeps the clip.
class FrameDecoder {
public:
    virtual ~FrameDecoder() = default;

    /// The next pixel frames, [1, 3, frames, height, width] in [-1, 1], or nothing after the last. Errors: Cancelled.
    virtual Result<std::optional<Tensor>> next() = 0;
};

/// An encoder with its weights at hand: frames go in as they are read, nothing keeps the clip, and latents come out.
class FrameEncoder {
public:
    virtual ~FrameEncoder() = default;

    /// The next pixel frames, any number of them: [batch, 3, frames, height, width] in [-1, 1], any float dtype, on any device.
    /// Errors: BadInput (another shape), Cancelled.
    virtual Result<void> push(const Tensor& frames) = 0;

    /// The latents of all frames, normalised as the denoiser takes them, float32 in the family's layout, in the computer's memory
    /// (in a dry run on `meta`). Frames at the end that fill no latent are left out. Nothing can be pushed afterwards. Errors:
    /// BadInput, Cancelled.
    virtual Result<Tensor> finish() = 0;
};

/// A linear map from normalised latents to RGB in [-1, 1], for a preview that costs nothing.
struct LatentRgb {
    std::vector<std::array<float, 3>> factors;  ///< One row a latent channel.
    std::array<float, 3> bias{};
};

/// The size of a clip in pixels.
struct ClipSize {
    int width = 0;
    int height = 0;
    int frames = 0;
};

/// What the denoiser makes of a clip, to bound the pieces in which it can be computed.
struct DenoiserShape {
    std::int64_t tokens = 0;  ///< Of one clip.
    int heads = 0;            ///< Of the self-attention.
};

/// The latents' own sizes.
struct LatentSize {
    int frames = 0;
    int height = 0;
    int width = 0;
};

/// What a family's VAE leaves a plan to choose, besides its method.
struct VaeTraits {
    bool has_cache = true;           ///< A feature cache lies somewhere between chunks and can lie on the host.
    int most_latents_per_chunk = 1;  ///< 2: VaePlan::latents_per_chunk may be 1 or 2.
    int first_encoded_frames = 1;    ///< Pixel frames that the encoder takes at once: first,
    int later_encoded_frames = 4;    ///< then, for each of VaePlan::latents_per_chunk.
};

/// One opened model folder: configs are read and checked, weights are mapped but not loaded. What the engine runs, stage by
/// stage; each stage's weights live as long as the object that the stage returned (the text stage drops them before it returns).
class VideoModel {
public:
    virtual ~VideoModel() = default;

    virtual const ModelInfo& info() const = 0;

    /// The stages in the order of the family's offload chain, each with the component whose weights it needs.
    virtual std::vector<StagePlan> chain() const = 0;

    /// The one stage of encoding a video, with the component whose weights it needs.
    virtual std::vector<StagePlan> encode_chain() const = 0;

    /// The component's files, mapped; null for a model that is known by its configs only.
    virtual const files::WeightIndex* weight_files(const std::string& component) const = 0;

    /// Holds every component's weights against the configs, by name and shape. Reads no weights. What encoding alone needs may be
    /// missing. Errors: BadModel.
    virtual Result<void> check_weights() const = 0;

    /// The same for what encoding needs, and for that alone. Errors: BadModel, also for a model that can decode only.
    virtual Result<void> check_encoder_weights() const = 0;

    /// The latents of a clip in the layout of the family's files: Wan [batch, channels, frames, height, width].
    virtual std::vector<std::int64_t> latent_shape(const ClipSize& size, int batch) const = 0;
    /// What the denoiser works on, from the initial noise on: the same, or in some families more frames than the clip has.
    virtual std::vector<std::int64_t> noise_shape(const ClipSize& size, int batch) const { return latent_shape(size, batch); }
    /// The clip's latents among what the denoiser works on: a view, or the tensor itself where there is nothing besides.
    virtual Tensor without_filling(const Tensor& denoised, const ClipSize&) const { return denoised; }

    virtual LatentSize latent_size(const ClipSize& size) const = 0;
    virtual DenoiserShape denoiser_shape(const ClipSize& size) const = 0;
    virtual VaeTraits vae_traits() const = 0;

    /// The inverse, for latents from a file. Errors: BadInput with the expected layout when no clip has that shape.
    virtual Result<ClipSize> clip_size(const std::vector<std::int64_t>& latent_shape) const = 0;

    /// Where the batch and time axes of the family's layout are: slices a clip's latents to one item's frames for a preview,
    /// [channels, frames, height, width].
    virtual Tensor preview_latents(const Tensor& latents, int batch_item) const = 0;
    virtual const LatentRgb& latent_rgb() const = 0;

    /// The folder's scheduler, set to the settings' steps. Errors: BadModel, Usage.
    virtual Result<std::unique_ptr<sampling::Scheduler>> make_scheduler(const DenoiseSettings& settings) const = 0;
    /// Whether a step has a second pass, with the negative prompt: true classifier-free guidance.
    virtual bool uses_negative_prompt(const DenoiseSettings& settings) const = 0;
    /// The component, of those of the chain's Denoise stages, that computes the step at this timestep. As timesteps fall the
    /// stages come in the chain's order.
    virtual std::string denoiser_at(double timestep, const DenoiseSettings& settings) const = 0;

    /// Cleans and cuts the prompts for every text encoder; the negative one if it is used. Reads the tokenizers, touches no
    /// tensor. Errors: BadModel.
    virtual Result<TextTokens> tokenize(const Prompts& prompts, const DenoiseSettings& settings) const = 0;
    /// Prompts as long as the encoders take, for a plan made without any.
    virtual TextTokens longest_prompts(const DenoiseSettings& settings) const = 0;

    // The stages. In a dry run (context.device is `meta`) each is walked like this too: what it returns has shapes but no
    // numbers.
    /// What one text encoder (a component of the chain's EncodeText stages) makes of its tokens, by their names.
    virtual Result<Conditioning> encode_text(const std::string& component, const PromptTokens& tokens,
                                             const StageContext& context) const = 0;
    /// conditioning: of all text encoders. component: of the chain's Denoise stages.
    virtual Result<std::unique_ptr<Denoiser>> load_denoiser(const std::string& component, const Conditioning& conditioning,
                                                            const DenoiseSettings& settings, const DenoisePlan& how,
                                                            const StageContext& context) const = 0;
    /// latents: [batch, …], normalised as they leave the denoiser; one item with Slicing::On.
    virtual Result<std::unique_ptr<FrameDecoder>> load_decoder(const Tensor& latents, const VaePlan& how,
                                                               const StageContext& context) const = 0;
    /// size: of the clip that will be pushed, of the model's legal sizes; its frames are the most that may come. One item with
    /// Slicing::On.
    virtual Result<std::unique_ptr<FrameEncoder>> load_encoder(const ClipSize& size, int batch, const VaePlan& how,
                                                               const StageContext& context) const = 0;
};

}  // namespace headroom::models

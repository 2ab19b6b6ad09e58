#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/files/model_folder.h"
#include "core/files/weight_index.h"
#include "core/models/video_model.h"
#include "core/models/wan/folder_hints.h"
#include "core/models/wan/transformer_config.h"
#include "core/models/wan/vae_config.h"
#include "core/text/umt5_config.h"

namespace headroom::models::wan {

/// The configs of a Wan folder, each read and checked, together too.
struct WanConfigs {
    text::Umt5Config text_encoder;
    TransformerConfig transformer;
    VaeConfig vae;
    nlohmann::json scheduler;
};

/// An opened Wan 2.1 folder. Source of the pipeline: diffusers 0.42.1, pipelines/wan/pipeline_wan.py.
class WanModel final : public VideoModel {
public:
    /// Reads and checks every config and maps every weight file, if the folder has any. Errors: BadModel.
    static Result<std::unique_ptr<VideoModel>> open(const files::ModelFolder& folder);

    const ModelInfo& info() const override { return m_info; }
    std::vector<StagePlan> chain() const override;
    std::vector<StagePlan> encode_chain() const override;
    Result<void> check_weights() const override;
    Result<void> check_encoder_weights() const override;
    std::vector<std::int64_t> latent_shape(const ClipSize& size, int batch) const override;
    LatentSize latent_size(const ClipSize& size) const override;
    DenoiserShape denoiser_shape(const ClipSize& size) const override;
    Result<ClipSize> clip_size(const std::vector<std::int64_t>& latent_shape) const override;
    Tensor preview_latents(const Tensor& latents, int batch_item) const override;
    const LatentRgb& latent_rgb() const override { return m_hints.latent_rgb; }
    Result<std::unique_ptr<sampling::Scheduler>> make_scheduler(int steps) const override;
    Result<PromptTokens> tokenize(const Prompts& prompts) const override;
    std::string text_identity() const override;
    PromptTokens longest_prompts(double guidance) const override;
    Result<Conditioning> encode_text(const PromptTokens& tokens, const StageContext& context) const override;
    Result<std::unique_ptr<Denoiser>> load_denoiser(const Conditioning& conditioning, double guidance, const DenoisePlan& how,
                                                    const StageContext& context) const override;
    Result<std::unique_ptr<FrameDecoder>> load_decoder(const Tensor& latents, const VaePlan& how,
                                                       const StageContext& context) const override;
    Result<std::unique_ptr<FrameEncoder>> load_encoder(const ClipSize& size, int batch, const VaePlan& how,
                                                       const StageContext& context) const override;

private:
    struct Weights {
        files::WeightIndex text_encoder;
        files::WeightIndex transformer;
        files::WeightIndex vae;
    };

    WanModel(const files::ModelFolder& folder, WanConfigs configs, FolderHints hints, std::optional<Weights> weights);

    /// The component's files, null for a model that is known by its configs only.
    const files::WeightIndex* index(files::WeightIndex Weights::*component) const { return m_weights ? &((*m_weights).*component) : nullptr; }
    std::vector<ComponentInfo> describe_components(const files::ModelFolder& folder) const;

    std::filesystem::path m_tokenizer_dir;
    WanConfigs m_configs;
    FolderHints m_hints;
    std::optional<Weights> m_weights;
    ModelInfo m_info;
};

}  // namespace headroom::models::wan

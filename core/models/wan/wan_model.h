#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/files/model_folder.h"
#include "core/models/folder_model.h"
#include "core/models/wan/transformer_config.h"
#include "core/models/wan/vae_config.h"
#include "core/text/umt5_config.h"

namespace headroom::models::wan {

/// The configs of a Wan folder, each read and checked, together too.
struct WanConfigs {
    text::Umt5Config text_encoder;
    TransformerConfig transformer;
    std::optional<TransformerConfig> transformer_2;  ///< Wan 2.2 A14B: of the steps with little noise.
    double boundary_ratio = 0;  ///< With transformer_2: the share of the training timesteps from which `transformer` computes.
    /// Wan 2.2 TI2V: tokens of a given picture have a time of their own. Of text alone all have the same.
    bool expands_timesteps = false;
    VaeConfig vae;
    nlohmann::json scheduler;
};

/// An opened Wan 2.1 or 2.2 folder. Source of the pipeline: diffusers 0.42.1, pipelines/wan/pipeline_wan.py.
class WanModel final : public FolderModel {
public:
    /// Reads and checks every config and maps every weight file, if the folder has any. Errors: BadModel.
    static Result<std::unique_ptr<VideoModel>> open(const files::ModelFolder& folder);

    std::vector<StagePlan> chain() const override;
    std::vector<std::int64_t> latent_shape(const ClipSize& size, int batch) const override;
    LatentSize latent_size(const ClipSize& size) const override;
    DenoiserShape denoiser_shape(const ClipSize& size) const override;
    Result<ClipSize> clip_size(const std::vector<std::int64_t>& latent_shape) const override;
    VaeTraits vae_traits() const override;
    Tensor preview_latents(const Tensor& latents, int batch_item) const override;
    Result<std::unique_ptr<sampling::Scheduler>> make_scheduler(const DenoiseSettings& settings) const override;
    bool uses_negative_prompt(const DenoiseSettings& settings) const override { return settings.guidance > 1; }
    std::string denoiser_at(double timestep, const DenoiseSettings& settings) const override;
    Result<TextTokens> tokenize(const Prompts& prompts, const DenoiseSettings& settings) const override;
    TextTokens longest_prompts(const DenoiseSettings& settings) const override;
    Result<Conditioning> encode_text(const std::string& component, const PromptTokens& tokens,
                                     const StageContext& context) const override;
    Result<std::unique_ptr<Denoiser>> load_denoiser(const std::string& component, const Conditioning& conditioning,
                                                    const DenoiseSettings& settings, const DenoisePlan& how,
                                                    const StageContext& context) const override;
    Result<std::unique_ptr<FrameDecoder>> load_decoder(const Tensor& latents, const VaePlan& how,
                                                       const StageContext& context) const override;
    Result<std::unique_ptr<FrameEncoder>> load_encoder(const ClipSize& size, int batch, const VaePlan& how,
                                                       const StageContext& context) const override;

protected:
    Result<void> with_blocks(const std::string& component, const UseBlocks& use) const override;
    Result<void> with_encoder_blocks(const UseBlocks& use) const override;
    Result<void> check_tokenizers() const override;

private:
    WanModel(const files::ModelFolder& folder, WanConfigs configs, const FolderHints& hints, ComponentWeights weights);

    const TransformerConfig& transformer_config(const std::string& component) const;

    std::filesystem::path m_tokenizer_dir;
    WanConfigs m_configs;
};

}  // namespace headroom::models::wan

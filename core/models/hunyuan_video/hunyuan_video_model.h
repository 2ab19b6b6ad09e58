#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/files/model_folder.h"
#include "core/models/folder_model.h"
#include "core/models/hunyuan_video/hunyuan_video_folder.h"

namespace headroom::models::hunyuan_video {

/// An opened HunyuanVideo folder. Source of the pipeline: diffusers 0.42.1, pipelines/hunyuan_video/pipeline_hunyuan_video.py.
class HunyuanVideoModel final : public FolderModel {
public:
    /// Reads and checks every config and maps every weight file, if the folder has any. Errors: BadModel.
    static Result<std::unique_ptr<VideoModel>> open(const files::ModelFolder& folder);

    std::vector<StagePlan> chain() const override;
    std::vector<std::int64_t> latent_shape(const ClipSize& size, int batch) const override;
    LatentSize latent_size(const ClipSize& size) const override;
    DenoiserShape denoiser_shape(const ClipSize& size) const override;
    VaeTraits vae_traits() const override;
    Result<ClipSize> clip_size(const std::vector<std::int64_t>& latent_shape) const override;
    Tensor preview_latents(const Tensor& latents, int batch_item) const override;
    Result<std::unique_ptr<sampling::Scheduler>> make_scheduler(const DenoiseSettings& settings) const override;
    bool uses_negative_prompt(const DenoiseSettings& settings) const override;
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
    HunyuanVideoModel(const files::ModelFolder& folder, HunyuanVideoConfigs configs, const FolderHints& hints,
                      ComponentWeights weights);

    std::int64_t layers_run() const;
    Result<Conditioning> encode_whole(const std::string& component, const PromptTokens& tokens,
                                      const StageContext& context) const;

    std::filesystem::path m_tokenizer_dir;
    std::filesystem::path m_tokenizer_2_dir;
    HunyuanVideoConfigs m_configs;
};

}  // namespace headroom::models::hunyuan_video

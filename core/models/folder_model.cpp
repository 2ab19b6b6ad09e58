#include "core/models/folder_model.h"

#include <utility>

#include "core/memory/file_weights.h"

namespace headroom::models {

namespace {

constexpr const char* kVae = "vae";

}  // namespace

FolderModel::FolderModel(ModelInfo info, const FolderHints& hints, ComponentWeights weights)
    : m_info(std::move(info)), m_latent_rgb(hints.latent_rgb), m_weights(std::move(weights))
{
}

std::unique_ptr<VideoModel> FolderModel::opened(std::unique_ptr<FolderModel> model, const files::ModelFolder& folder)
{
    for (const StagePlan& stage : model->chain()) {
        const auto described =
            model->with_blocks(stage.component, [&](const std::vector<nn::ParameterBlock*>& blocks) -> Result<void> {
                model->m_info.components.push_back(model->m_weights.describe(*folder.component(stage.component), blocks));
                return {};
            });
        TORCH_CHECK(described.has_value());  // describing refuses nothing
    }
    return model;
}

std::vector<StagePlan> FolderModel::encode_chain() const
{
    return {stage_of(Stage::Encode, kVae)};
}

Result<void> FolderModel::check_weights() const
{
    TRY(m_weights.check_known(m_info.display_name));
    TRY(check_tokenizers());
    for (const StagePlan& stage : chain()) {
        TRY(with_blocks(stage.component,
                        [&](const auto& blocks) { return memory::check_weights(*weight_files(stage.component), blocks); }));
    }
    return {};
}

Result<void> FolderModel::check_encoder_weights() const
{
    return with_encoder_blocks([&](const auto& blocks) -> Result<void> {
        TRY(m_weights.check_known(m_info.display_name));
        TRY(m_weights.check_has_encoder(kVae));
        return memory::check_weights(*weight_files(kVae), blocks);
    });
}

}  // namespace headroom::models

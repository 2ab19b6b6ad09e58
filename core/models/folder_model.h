#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/files/model_folder.h"
#include "core/models/component_weights.h"
#include "core/models/described_folder.h"
#include "core/models/video_model.h"

namespace headroom::models {

/// What every family's opened folder holds and answers alike: weight files and their checks, the description, an autoencoder in
/// the component "vae".
class FolderModel : public VideoModel {
public:
    const ModelInfo& info() const final { return m_info; }
    const LatentRgb& latent_rgb() const final { return m_latent_rgb; }
    const files::WeightIndex* weight_files(const std::string& component) const final { return m_weights.index(component); }
    std::vector<StagePlan> encode_chain() const final;
    Result<void> check_weights() const final;
    Result<void> check_encoder_weights() const final;

protected:
    using UseBlocks = std::function<Result<void>(const std::vector<nn::ParameterBlock*>& blocks)>;

    /// info: without its components, which opened() adds.
    FolderModel(ModelInfo info, const FolderHints& hints, ComponentWeights weights);

    /// The last step of a family's open(): describes the components of the model's chain.
    static std::unique_ptr<VideoModel> opened(std::unique_ptr<FolderModel> model, const files::ModelFolder& folder);

    /// Calls `use` with the blocks of a component of the chain, of which its files must have every tensor; hands out its errors.
    virtual Result<void> with_blocks(const std::string& component, const UseBlocks& use) const = 0;
    /// The same for the autoencoder's encoder. Errors besides: BadModel where the config describes none that can be computed.
    virtual Result<void> with_encoder_blocks(const UseBlocks& use) const = 0;
    /// Opens every tokenizer, so that a missing or damaged one is found before a run. Errors: BadModel.
    virtual Result<void> check_tokenizers() const = 0;

private:
    ModelInfo m_info;
    LatentRgb m_latent_rgb;
    ComponentWeights m_weights;
};

}  // namespace headroom::models

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/model_info.h"
#include "core/files/model_folder.h"
#include "core/files/weight_index.h"
#include "core/models/video_model.h"
#include "core/nn/parameter.h"

namespace headroom::models {

/// What a folder says beside the diffusers configs, in an optional `headroom.json`: its author's defaults and a latent→RGB map
/// fitted to its VAE.
struct FolderHints {
    std::string display_name;  ///< Empty: the folder's name.
    GenerationDefaults defaults;
    std::vector<Preset> presets;
    LatentRgb latent_rgb;  ///< As many factors as the latents have channels.
};

/// The hints of a folder; what it does not say is as `published`, whose presets are gone where the folder has defaults of its
/// own. Errors: BadModel when headroom.json is there but damaged.
Result<FolderHints> read_folder_hints(const std::filesystem::path& model_dir, FolderHints published);

/// How a person calls the folder: "org/repo" in a Hugging Face cache, else the folder's own name.
std::string folder_name(const std::filesystem::path& model_dir);

/// One component for ModelInfo: counted from the weight files' headers.
ComponentInfo describe_component(const files::ComponentRef& component, const files::WeightIndex& weights);

/// The same of a component known by its config only: counted from the parameters that its model declares; it has no size on disk.
ComponentInfo describe_component(const files::ComponentRef& component, const std::vector<nn::ParameterBlock*>& blocks);

}  // namespace headroom::models

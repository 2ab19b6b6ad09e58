#pragma once

#include "core/base/result.h"
#include "core/engine/model_info.h"
#include "core/files/model_folder.h"
#include "core/files/weight_index.h"
#include "core/models/wan/folder_hints.h"
#include "core/models/wan/wan_model.h"

namespace headroom::models::wan {

/// Refuses a folder whose components are not those of a Wan 2.1 text-to-video pipeline: says which one and what is supported.
/// Errors: BadModel.
Result<void> check_components(const files::ModelFolder& folder);

/// Reads every config, and holds them against each other (latent channels, text width). Errors: BadModel.
Result<WanConfigs> read_configs(const files::ModelFolder& folder);

/// One component for ModelInfo: counted from the weight files' headers.
ComponentInfo describe_component(const files::ComponentRef& component, const files::WeightIndex& weights);

/// The same of a component known by its config only: counted from the parameters that its model declares; it has no size on disk.
ComponentInfo describe_component(const files::ComponentRef& component, const std::vector<nn::ParameterBlock*>& blocks);

/// Defaults, legal sizes and lengths of a model with these configs; the components are left empty.
ModelInfo describe_model(const files::ModelFolder& folder, const WanConfigs& configs, const FolderHints& hints);

}  // namespace headroom::models::wan

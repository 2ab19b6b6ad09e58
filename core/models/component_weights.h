#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/model_info.h"
#include "core/files/model_folder.h"
#include "core/files/weight_index.h"
#include "core/nn/parameter.h"

namespace headroom::models {

/// The weight files of a model's components, mapped; none for a model that is known by its configs only.
class ComponentWeights {
public:
    /// Maps the files of those components that the folder has; of none where it holds configs only. Errors: BadModel.
    static Result<ComponentWeights> open(const files::ModelFolder& folder, std::initializer_list<const char*> components);

    /// The component's files, null for a model that is known by its configs only.
    const files::WeightIndex* index(const std::string& component) const;

    /// Refuses a model that is known by its configs only. Errors: BadModel.
    Result<void> check_known(const std::string& display_name) const;
    /// Refuses an autoencoder without the tensors that encoding needs; check_known comes before. Errors: BadModel.
    Result<void> check_has_encoder(const std::string& component) const;

    /// The component for ModelInfo: from its files, or from the blocks its model declares where there are none.
    ComponentInfo describe(const files::ComponentRef& component, const std::vector<nn::ParameterBlock*>& blocks) const;

private:
    std::map<std::string, files::WeightIndex> m_indices;
};

}  // namespace headroom::models

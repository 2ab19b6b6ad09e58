#include "core/models/component_weights.h"

#include <algorithm>

#include "core/files/message_text.h"
#include "core/models/described_folder.h"

namespace headroom::models {

Result<ComponentWeights> ComponentWeights::open(const files::ModelFolder& folder, std::initializer_list<const char*> components)
{
    ComponentWeights weights;
    if (folder.contents() != files::FolderContents::Whole) return weights;
    for (const char* component : components) {
        if (!folder.component(component)) continue;
        weights.m_indices.emplace(component, TRY(files::WeightIndex::open(folder.component(component)->dir)));
    }
    return weights;
}

const files::WeightIndex* ComponentWeights::index(const std::string& component) const
{
    const auto found = m_indices.find(component);
    return found == m_indices.end() ? nullptr : &found->second;
}

Result<void> ComponentWeights::check_known(const std::string& display_name) const
{
    if (!m_indices.empty()) return {};
    return fail(ErrorCode::BadModel,
                "{} is known by its configs only: it can be planned, but to run it give a folder with its weights", display_name);
}

Result<void> ComponentWeights::check_has_encoder(const std::string& component) const
{
    const files::WeightIndex& weights = *index(component);
    const auto is_encoders = [](const files::TensorEntry* entry) { return entry->name.starts_with("encoder."); };
    if (std::ranges::any_of(weights.entries(), is_encoders)) return {};
    return fail(ErrorCode::BadModel,
                "{}: the autoencoder has no encoder (no tensor whose name begins with 'encoder.'), so it can only "
                "decode; use a folder with the whole autoencoder",
                files::shown(weights.main_path()));
}

ComponentInfo ComponentWeights::describe(const files::ComponentRef& component,
                                         const std::vector<nn::ParameterBlock*>& blocks) const
{
    const files::WeightIndex* weights = index(component.name);
    return weights ? describe_component(component, *weights) : describe_component(component, blocks);
}

}  // namespace headroom::models

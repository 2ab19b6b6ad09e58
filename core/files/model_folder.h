#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace headroom::files {

/// A part of a pipeline, as model_index.json names it.
struct ComponentRef {
    std::string name;           ///< "vae": the key in the index and the folder's name.
    std::string library;        ///< "diffusers", "transformers", or a module's name.
    std::string class_name;     ///< "AutoencoderKLWan".
    std::filesystem::path dir;  ///< An existing folder; may be missing in a folder of configs only.
};

/// How much of a model a folder is expected to hold.
enum class FolderContents {
    Whole,
    ConfigsOnly,  ///< The index and the configs of a published model that may be planned but not run; weights and tokenizer are
                  ///< elsewhere.
};

/// A model in the diffusers layout: model_index.json and one folder a component.
class ModelFolder {
public:
    /// Reads the index and checks that every component it names has its folder; reads nothing below. Lists of two texts are
    /// components,
    /// `[null, null]` counts as absent, keys beginning with '_' and other values are settings of the pipeline.
    /// Errors: BadModel, when it is no folder, has no index (the message says what it looks like instead: a single file, an
    /// original checkpoint, one component of a model, a download folder), or the index is malformed, names no pipeline, a folder
    /// that is missing or one outside the model's folder.
    static Result<ModelFolder> open(const std::filesystem::path& path, FolderContents contents = FolderContents::Whole);

    /// "WanPipeline": which pipeline the model was published for.
    const std::string& pipeline_class() const { return m_pipeline_class; }
    /// The component of that name, or null when the model has none.
    const ComponentRef* component(std::string_view name) const;
    /// All components that are there, by name.
    const std::vector<ComponentRef>& components() const { return m_components; }
    /// The config of a component, an object: config.json, or what schedulers, tokenizers and processors have instead.
    /// Errors: BadModel, when the component or its config is missing or the config is malformed.
    Result<nlohmann::json> config(std::string_view component_name) const;
    /// model_index.json as it is: settings such as "boundary_ratio" stand there.
    const nlohmann::json& index_json() const { return m_index; }
    const std::filesystem::path& path() const { return m_path; }
    FolderContents contents() const { return m_contents; }

private:
    ModelFolder() = default;

    std::filesystem::path m_path;
    FolderContents m_contents = FolderContents::Whole;
    nlohmann::json m_index;
    std::string m_pipeline_class;
    std::vector<ComponentRef> m_components;
};

}  // namespace headroom::files

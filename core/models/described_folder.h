#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"
#include "core/engine/model_info.h"
#include "core/files/model_folder.h"
#include "core/files/weight_index.h"
#include "core/models/video_model.h"
#include "core/nn/parameter.h"

namespace headroom::models {

/// A component that every folder of a family has.
struct RequiredComponent {
    const char* name;
    const char* class_name;  ///< nullptr: any.
};

/// Refuses a folder without one of these, or with another class there; says which and what is supported. family: "Wan". Errors:
/// BadModel.
Result<void> check_components(const files::ModelFolder& folder, std::string_view family,
                              std::span<const RequiredComponent> required);

/// Refuses a folder whose scheduler is of none of these classes by its model_index.json. Errors: BadModel.
Result<void> check_scheduler(const files::ModelFolder& folder, std::span<const char* const> supported);

/// The scheduler's config. Its class is the one that model_index.json names, as diffusers takes it, though the file may name
/// another of these. Errors: BadModel, also for a file of none of them: whoever wrote that meant another scheduler.
Result<nlohmann::json> scheduler_config(const files::ModelFolder& folder, std::span<const char* const> supported);

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

/// The start of a family's description: what the folder and its hints say. The family adds its name, rules and settings, then
/// fit_defaults.
ModelInfo describe_folder(const files::ModelFolder& folder, const FolderHints& hints);

/// Moves the default size and length to the nearest that the rules allow.
void fit_defaults(ModelInfo& info);

/// How a person calls the folder: "org/repo" in a Hugging Face cache, else the folder's own name.
std::string folder_name(const std::filesystem::path& model_dir);

/// One component for ModelInfo: counted from the weight files' headers.
ComponentInfo describe_component(const files::ComponentRef& component, const files::WeightIndex& weights);

/// The same of a component known by its config only: counted from the parameters that its model declares; it has no size on disk.
ComponentInfo describe_component(const files::ComponentRef& component, const std::vector<nn::ParameterBlock*>& blocks);

}  // namespace headroom::models

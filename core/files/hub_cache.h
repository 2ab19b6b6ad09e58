#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace headroom::files {

/// The environment variables that say where Hugging Face's tools keep downloads; empty where one is not set.
struct HubEnvironment {
    std::string hf_hub_cache;    ///< HF_HUB_CACHE
    std::string hf_home;         ///< HF_HOME
    std::string xdg_cache_home;  ///< XDG_CACHE_HOME
    std::string home;            ///< HOME
};

/// The cache's folder, which need not exist: HF_HUB_CACHE, else HF_HOME/hub, else XDG_CACHE_HOME/huggingface/hub, else
/// ~/.cache/huggingface/hub. A leading "~" stands for the home folder. Empty when nothing is set.
std::filesystem::path hub_cache_dir(const HubEnvironment& environment);

/// The same for the environment of this process. Not safe beside a thread that changes the environment.
std::filesystem::path hub_cache_dir_from_environment();

/// A model in the diffusers layout that a scan found.
struct FoundModel {
    std::filesystem::path path;  ///< The folder with model_index.json.
    std::string display_name;    ///< "org/repo" of a cached repository, else the folder's name.
    std::string pipeline_class;  ///< "WanPipeline"; empty when the index can't be read.
    bool is_complete = false;    ///< Everything that the index names is there; file contents are not checked.
    std::string problem;         ///< Why it is not complete: one sentence; empty when it is.
};

/// Looks at one folder with a model_index.json: its pipeline, and whether its components, their configs and weights are there.
FoundModel inspect_model(const std::filesystem::path& folder, std::string display_name);

/// Finds the models of a Hugging Face cache, one a repository: the snapshot that refs/main names where it is a model, else the
/// most recent. By display name. Entries that can't be read, broken links and other odd things are passed over; a missing cache
/// gives none.
std::vector<FoundModel> scan_hub_cache(const std::filesystem::path& cache);

/// Finds the models in folders of the person: the folder itself, those in it and those one level further down, and caches among
/// them. By display name, each model once. Passes over what can't be read.
std::vector<FoundModel> scan_folders(std::span<const std::filesystem::path> folders);

}  // namespace headroom::files

#include "core/files/hub_cache.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "core/files/model_folder.h"
#include "core/files/plain_name.h"
#include "core/files/weight_files.h"

namespace headroom::files {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostEntries = 10'000;
constexpr int kLevelsBelow = 2;
constexpr std::string_view kRepositoryPrefix = "models--";

fs::path expanded(const std::string& path, const std::string& home)
{
    if (path == "~") return home;
    if (path.starts_with("~/")) return fs::path(home) / path.substr(2);
    return path;
}

bool is_folder(const fs::path& path)
{
    std::error_code error;
    return fs::is_directory(path, error);
}

bool is_model(const fs::path& path)
{
    std::error_code error;
    return is_folder(path) && fs::symlink_status(path / "model_index.json", error).type() != fs::file_type::not_found;
}

/// The folders in a folder, by name; none where it can't be read.
std::vector<fs::path> folders_in(const fs::path& folder)
{
    std::vector<fs::path> folders;
    std::error_code error;
    fs::directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error);
    for (std::size_t count = 0; !error && entry != fs::directory_iterator() && count < kMostEntries;
         entry.increment(error), ++count) {
        if (is_folder(entry->path())) folders.push_back(entry->path());
    }
    std::ranges::sort(folders);
    return folders;
}

/// "models--org--repo" as "org/repo".
std::string repository_name(const fs::path& folder)
{
    const std::string name = folder.filename().string().substr(kRepositoryPrefix.size());
    const auto dashes = name.find("--");
    return dashes == std::string::npos ? name : fmt::format("{}/{}", name.substr(0, dashes), name.substr(dashes + 2));
}

bool is_repository(const fs::path& folder)
{
    return folder.filename().string().starts_with(kRepositoryPrefix) && is_folder(folder / "snapshots");
}

/// The snapshot that refs/main names, or an empty path.
fs::path main_snapshot(const fs::path& repository)
{
    const auto ref = repository / "refs" / "main";
    std::error_code error;
    if (!fs::is_regular_file(ref, error)) return {};
    std::ifstream file(ref);
    std::string commit;
    commit.resize(256);
    file.read(commit.data(), std::streamsize(commit.size()));
    commit.resize(std::size_t(file.gcount()));
    commit.resize(std::min(commit.size(), commit.find_first_of(" \r\n\t")));
    return is_plain_name(commit) ? repository / "snapshots" / commit : fs::path();
}

std::optional<FoundModel> best_snapshot(const fs::path& repository)
{
    const auto main = main_snapshot(repository);
    if (!main.empty() && is_model(main)) return inspect_model(main, repository_name(repository));
    std::optional<FoundModel> best;
    std::tuple<bool, fs::file_time_type> best_rank;
    for (const auto& snapshot : folders_in(repository / "snapshots")) {
        if (!is_model(snapshot)) continue;
        auto found = inspect_model(snapshot, repository_name(repository));
        std::error_code error;
        const std::tuple rank(found.is_complete, fs::last_write_time(snapshot, error));
        if (best && rank <= best_rank) continue;
        best_rank = rank;
        best = std::move(found);
    }
    return best;
}

std::string folder_name(const fs::path& folder)
{
    std::error_code error;
    const auto whole = fs::absolute(folder, error).lexically_normal();
    return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

void scan_below(const fs::path& folder, int levels, std::vector<FoundModel>& found)
{
    if (is_model(folder)) {
        found.push_back(inspect_model(folder, folder_name(folder)));
    } else if (is_repository(folder)) {
        if (auto model = best_snapshot(folder)) found.push_back(std::move(*model));
    } else if (levels > 0) {
        for (const auto& child : folders_in(folder)) scan_below(child, levels - 1, found);
    }
}

/// By name; of models that are the same folder only the first stays.
std::vector<FoundModel> in_order(std::vector<FoundModel> models)
{
    std::ranges::stable_sort(models, std::less<>{},
                             [](const FoundModel& model) { return std::tie(model.display_name, model.path); });
    std::set<fs::path> seen;
    std::erase_if(models, [&](const FoundModel& model) {
        std::error_code error;
        const auto real = fs::canonical(model.path, error);
        return !seen.insert(error ? model.path : real).second;
    });
    return models;
}

/// Whether a class of this name has weights; schedulers, tokenizers and processors have a config only.
bool has_weights(std::string_view class_name)
{
    return !class_name.ends_with("Scheduler") && class_name.find("Tokenizer") == std::string_view::npos &&
           class_name.find("Processor") == std::string_view::npos &&
           class_name.find("FeatureExtractor") == std::string_view::npos;
}

std::string first_problem(const ModelFolder& model)
{
    for (const ComponentRef& component : model.components()) {
        if (!has_weights(component.class_name)) continue;
        if (auto config = model.config(component.name); !config) return config.error().message;
        const auto weights = find_weight_files(component.dir);
        if (!weights) return weights.error().message;
        std::error_code error;
        for (const auto& file : weights->files) {
            if (!fs::is_regular_file(file, error))
                return fmt::format("{}/{} is missing: the download is incomplete", component.name, file.filename().string());
        }
    }
    return {};
}

std::string variable(const char* name)
{
    const char* value = std::getenv(name);
    return value ? value : "";
}

}  // namespace

fs::path hub_cache_dir(const HubEnvironment& environment)
{
    if (!environment.hf_hub_cache.empty()) return expanded(environment.hf_hub_cache, environment.home);
    if (!environment.hf_home.empty()) return expanded(environment.hf_home, environment.home) / "hub";
    if (!environment.xdg_cache_home.empty())
        return expanded(environment.xdg_cache_home, environment.home) / "huggingface" / "hub";
    if (!environment.home.empty()) return fs::path(environment.home) / ".cache" / "huggingface" / "hub";
    return {};
}

fs::path hub_cache_dir_from_environment()
{
    return hub_cache_dir({variable("HF_HUB_CACHE"), variable("HF_HOME"), variable("XDG_CACHE_HOME"), variable("HOME")});
}

FoundModel inspect_model(const fs::path& folder, std::string display_name)
{
    FoundModel found;
    found.path = folder;
    found.display_name = std::move(display_name);
    const auto model = ModelFolder::open(folder);
    if (!model) {
        found.problem = model.error().message;
        return found;
    }
    found.pipeline_class = model->pipeline_class();
    found.problem = first_problem(*model);
    found.is_complete = found.problem.empty();
    return found;
}

std::vector<FoundModel> scan_hub_cache(const fs::path& cache)
{
    std::vector<FoundModel> found;
    for (const auto& folder : folders_in(cache)) {
        if (!is_repository(folder)) continue;
        if (auto model = best_snapshot(folder)) found.push_back(std::move(*model));
    }
    return in_order(std::move(found));
}

std::vector<FoundModel> scan_folders(std::span<const fs::path> folders)
{
    std::vector<FoundModel> found;
    for (const auto& folder : folders) scan_below(folder, kLevelsBelow, found);
    return in_order(std::move(found));
}

}  // namespace headroom::files

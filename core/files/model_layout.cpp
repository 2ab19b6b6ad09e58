#include "core/files/model_layout.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/files/message_text.h"

namespace headroom::files {

namespace {

constexpr std::string_view kLayout =
    "a folder in the diffusers layout is needed: model_index.json and one folder a component, as in repositories whose name ends "
    "in -Diffusers";
constexpr std::size_t kMostEntries = 10'000;

bool is_checkpoint(const std::string& name)
{
    constexpr std::string_view kEndings[] = {".safetensors", ".pth", ".pt", ".ckpt", ".bin", ".gguf"};
    return std::ranges::any_of(kEndings, [&](std::string_view ending) { return name.ends_with(ending); });
}

bool is_there(const std::filesystem::path& path)
{
    std::error_code error;
    return std::filesystem::exists(path, error);
}

std::string about_file(const std::filesystem::path& path)
{
    const std::string name = path.filename().string();
    if (name == "model_index.json") return fmt::format("{} is a file: give the folder it lies in", shown(path));
    if (is_checkpoint(name)) return fmt::format("{} is a single checkpoint file, but {}", shown(path), kLayout);
    return fmt::format("{} is a file, but {}", shown(path), kLayout);
}

/// The first checkpoint, by name, that lies directly in the folder, and whether anything lies there.
struct Content {
    std::string checkpoint;
    bool is_empty = true;
};

Content look_into(const std::filesystem::path& folder, std::error_code& error)
{
    Content content;
    std::filesystem::directory_iterator entry(folder, error);
    for (std::size_t count = 0; !error && entry != std::filesystem::directory_iterator() && count < kMostEntries;
         entry.increment(error), ++count) {
        content.is_empty = false;
        const std::string name = entry->path().filename().string();
        if (is_checkpoint(name) && (content.checkpoint.empty() || name < content.checkpoint)) content.checkpoint = name;
    }
    return content;
}

}  // namespace

std::string why_no_model_folder(const std::filesystem::path& path)
{
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) return fmt::format("the model folder {} does not exist", shown(path));
    if (!std::filesystem::is_directory(status)) return about_file(path);
    const auto content = look_into(path, error);
    if (error) return fmt::format("the model folder {} can't be read: {}", shown(path), error.message());
    if (content.is_empty) return fmt::format("{} is empty, but {}", shown(path), kLayout);
    if (is_there(path / "snapshots") && is_there(path / "refs")) {
        return fmt::format("{} is a download folder of the Hugging Face cache: give the folder below its 'snapshots'",
                           shown(path));
    }
    const auto folder = path.has_filename() ? path : path.parent_path();
    const bool is_component = is_there(folder.parent_path() / "model_index.json");
    if (is_component) return fmt::format("{} is one component of a model: give the folder above it", shown(path));
    if (!content.checkpoint.empty()) {
        return fmt::format("{} has no model_index.json and, with {} in it, looks like a model in its original layout, but {}",
                           shown(path), in_quotes(content.checkpoint), kLayout);
    }
    return fmt::format("{} has no model_index.json, but {}", shown(path), kLayout);
}

}  // namespace headroom::files

#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include <nlohmann/json.hpp>

namespace headroom::test {

/// Spoils one thing in a copy of a model's folder. Paths are relative to the folder.
using Damage = std::function<void(const std::filesystem::path& folder)>;

/// Changes a JSON file.
inline Damage edit(const std::string& file, std::function<void(nlohmann::json&)> change)
{
    return [=](const std::filesystem::path& folder) {
        nlohmann::json json = nlohmann::json::parse(std::ifstream(folder / file));
        change(json);
        std::ofstream(folder / file) << json;
    };
}

inline Damage set(const std::string& file, const std::string& key, const nlohmann::json& value)
{
    return edit(file, [=](nlohmann::json& json) { json[key] = value; });
}

/// Deletes a file or a folder.
inline Damage without(const std::string& what)
{
    return [=](const std::filesystem::path& folder) { std::filesystem::remove_all(folder / what); };
}

inline Damage overwrite(const std::string& file, const std::string& content)
{
    return [=](const std::filesystem::path& folder) { std::ofstream(folder / file) << content; };
}

/// Puts another file in the place of one.
inline Damage take(const std::string& file, const std::filesystem::path& from)
{
    return [=](const std::filesystem::path& folder) {
        std::filesystem::copy_file(from, folder / file, std::filesystem::copy_options::overwrite_existing);
    };
}

}  // namespace headroom::test

#include "core/files/model_folder.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/files/json_file.h"
#include "core/files/message_text.h"
#include "core/files/model_layout.h"
#include "core/files/plain_name.h"

namespace headroom::files {

namespace {

using nlohmann::json;

constexpr JsonLimits kIndexLimits{std::int64_t{4} << 20, 32};

/// What a value of the index is: a component, one that is absent, or a setting.
enum class Kind { Component, Absent, Setting, Malformed };

Kind kind_of(const std::string& key, const json& value)
{
    if (key.starts_with('_') || !value.is_array()) return Kind::Setting;
    const auto count = [&](auto matches) { return std::size_t(std::ranges::count_if(value, matches)); };
    const std::size_t texts = count([](const json& element) { return element.is_string(); });
    const std::size_t nulls = count([](const json& element) { return element.is_null(); });
    if (value.size() == 2 && texts == 2) return Kind::Component;
    if (value.size() == 2 && nulls == 2) return Kind::Absent;
    return texts > 0 && texts + nulls == value.size() ? Kind::Malformed : Kind::Setting;
}

Result<ComponentRef> read_component(const std::filesystem::path& index_path, const std::string& name, const json& value,
                                    FolderContents contents)
{
    const auto folder = index_path.parent_path();
    if (!is_plain_name(name))
        return fail(ErrorCode::BadModel, "{} names the component {}, which is not a folder inside the model", shown(index_path),
                    in_quotes(name));
    ComponentRef component{name, value[0].get<std::string>(), value[1].get<std::string>(), folder / name};
    std::error_code error;
    if (contents == FolderContents::ConfigsOnly || std::filesystem::is_directory(component.dir, error)) return component;
    return fail(ErrorCode::BadModel, "{} names the component {}, but the folder {} is missing: the download is incomplete",
                shown(index_path), in_quotes(name), shown(component.dir));
}

}  // namespace

Result<ModelFolder> ModelFolder::open(const std::filesystem::path& path, FolderContents contents)
{
    ModelFolder result;
    result.m_contents = contents;
    result.m_path = path.has_filename() ? path : path.parent_path();
    const auto index_path = result.m_path / "model_index.json";
    std::error_code error;
    const bool has_index = std::filesystem::is_directory(path, error) &&
                           std::filesystem::symlink_status(index_path, error).type() != std::filesystem::file_type::not_found;
    if (!has_index) return fail(ErrorCode::BadModel, "{}", why_no_model_folder(path));

    result.m_index = TRY(read_json_file(index_path, kIndexLimits));
    if (!result.m_index.is_object()) return fail(ErrorCode::BadModel, "{} is not a JSON object", shown(index_path));
    const auto name = result.m_index.find("_class_name");
    const bool has_class = name != result.m_index.end() && name->is_string() && !name->get_ref<const std::string&>().empty();
    if (!has_class) return fail(ErrorCode::BadModel, "{} does not name its pipeline in '_class_name'", shown(index_path));
    result.m_pipeline_class = name->get<std::string>();

    for (const auto& [key, value] : result.m_index.items()) {
        const Kind kind = kind_of(key, value);
        if (kind == Kind::Component) result.m_components.push_back(TRY(read_component(index_path, key, value, contents)));
        if (kind == Kind::Malformed) {
            return fail(ErrorCode::BadModel, "{} describes {} by something other than a library and a class", shown(index_path),
                        in_quotes(key));
        }
    }
    return result;
}

const ComponentRef* ModelFolder::component(std::string_view name) const
{
    const auto found = std::ranges::find(m_components, name, &ComponentRef::name);
    return found == m_components.end() ? nullptr : &*found;
}

Result<json> ModelFolder::config(std::string_view component_name) const
{
    constexpr std::array kConfigNames = {"config.json", "scheduler_config.json", "tokenizer_config.json",
                                         "preprocessor_config.json"};
    const ComponentRef* found = component(component_name);
    if (!found) return fail(ErrorCode::BadModel, "{} has no component {}", shown(m_path), in_quotes(component_name));
    for (const char* name : kConfigNames) {
        const auto path = found->dir / name;
        std::error_code error;
        if (std::filesystem::symlink_status(path, error).type() == std::filesystem::file_type::not_found) continue;
        auto config = TRY(read_json_file(path));
        if (!config.is_object()) return fail(ErrorCode::BadModel, "{} is not a JSON object", shown(path));
        return config;
    }
    return fail(ErrorCode::BadModel, "{} has no config.json: the download is incomplete", shown(found->dir));
}

}  // namespace headroom::files

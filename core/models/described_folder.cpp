#include "core/models/described_folder.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <system_error>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/base/json_fields.h"
#include "core/files/json_file.h"
#include "core/files/message_text.h"

namespace headroom::models {

namespace {

const char* short_dtype_name(files::StoredDtype dtype)
{
    switch (dtype) {
    case files::StoredDtype::F32: return "fp32";
    case files::StoredDtype::F16: return "fp16";
    case files::StoredDtype::BF16: return "bf16";
    default: return "other";
    }
}

bool is_triple(const nlohmann::json& row)
{
    return row.is_array() && row.size() == 3 && row[0].is_number() && row[1].is_number() && row[2].is_number();
}

Result<LatentRgb> parse_latent_rgb(const nlohmann::json& json, std::size_t channels, const std::string& file)
{
    const auto triple = [](const nlohmann::json& row) -> std::array<float, 3> { return {row[0], row[1], row[2]}; };
    LatentRgb latent_rgb;
    const nlohmann::json factors = json.is_object() ? json.value("factors", nlohmann::json()) : nlohmann::json();
    const nlohmann::json bias = json.is_object() ? json.value("bias", nlohmann::json()) : nlohmann::json();
    if (factors.is_array()) {
        for (const auto& row : factors) {
            if (is_triple(row)) latent_rgb.factors.push_back(triple(row));
        }
    }
    if (latent_rgb.factors.size() != channels || factors.size() != channels || !is_triple(bias)) {
        return fail(ErrorCode::BadModel, "{}: 'latent_rgb' needs 'factors' of {} rows of three numbers and a 'bias' of three",
                    file, channels);
    }
    latent_rgb.bias = triple(bias);
    return latent_rgb;
}

Result<void> read_defaults(const nlohmann::json& stated, GenerationDefaults& defaults, const std::string& file)
{
    const JsonFields fields(stated, file);
    const auto whole = [&](const char* key, int missing) -> Result<int> {
        return int(TRY(fields.integer(key, missing, 1, std::numeric_limits<int>::max())));
    };
    defaults.width = TRY(whole("width", defaults.width));
    defaults.height = TRY(whole("height", defaults.height));
    defaults.frames = TRY(whole("frames", defaults.frames));
    defaults.steps = TRY(whole("steps", defaults.steps));
    defaults.guidance = TRY(fields.number("guidance", defaults.guidance));
    defaults.fps = TRY(whole("fps", defaults.fps));
    defaults.prompt = TRY(fields.text("prompt", defaults.prompt));
    return {};
}

bool is_one_of(std::span<const char* const> names, std::string_view name)
{
    return std::ranges::any_of(names, [&](const char* each) { return each == name; });
}

}  // namespace

Result<void> check_components(const files::ModelFolder& folder, std::string_view family,
                              std::span<const RequiredComponent> required)
{
    const std::string index = files::shown(folder.path() / "model_index.json");
    for (const RequiredComponent& each : required) {
        const files::ComponentRef* component = folder.component(each.name);
        if (!component) {
            std::vector<const char*> names;
            for (const RequiredComponent& other : required) names.push_back(other.name);
            return fail(ErrorCode::BadModel, "{}: the component '{}' is missing; a {} model has {}", index, each.name, family,
                        fmt::join(names, ", "));
        }
        if (each.class_name && component->class_name != each.class_name) {
            return fail(ErrorCode::BadModel, "{}: the component '{}' is of class {}, but only {} is supported there", index,
                        each.name, files::in_quotes(component->class_name), each.class_name);
        }
    }
    return {};
}

Result<void> check_scheduler(const files::ModelFolder& folder, std::span<const char* const> supported)
{
    const files::ComponentRef& scheduler = *folder.component("scheduler");
    if (is_one_of(supported, scheduler.class_name)) return {};
    return fail(ErrorCode::BadModel, "{}: the component 'scheduler' is of class {}, but only {} are supported there",
                files::shown(folder.path() / "model_index.json"), files::in_quotes(scheduler.class_name),
                fmt::join(supported, " and "));
}

Result<nlohmann::json> scheduler_config(const files::ModelFolder& folder, std::span<const char* const> supported)
{
    nlohmann::json config = TRY(folder.config("scheduler"));
    const std::string file = files::shown(folder.path() / "scheduler" / "scheduler_config.json");
    const std::string& of_index = folder.component("scheduler")->class_name;
    const std::string of_file = TRY(JsonFields(config, file).text("_class_name", of_index));
    if (!is_one_of(supported, of_file)) {
        return fail(ErrorCode::BadModel, "{}: '_class_name' is {}, which is not supported; supported is {}", file,
                    files::in_quotes(of_file), fmt::join(supported, " and "));
    }
    config["_class_name"] = of_index;
    return config;
}

ModelInfo describe_folder(const files::ModelFolder& folder, const FolderHints& hints)
{
    ModelInfo info;
    info.dir = folder.path();
    info.display_name = hints.display_name.empty() ? folder_name(folder.path()) : hints.display_name;
    info.pipeline_class = folder.pipeline_class();
    info.defaults = hints.defaults;
    info.presets = hints.presets;
    return info;
}

void fit_defaults(ModelInfo& info)
{
    info.defaults.width = info.width_rule.nearest(info.defaults.width);
    info.defaults.height = info.height_rule.nearest(info.defaults.height);
    info.defaults.frames = info.frames_rule.nearest(info.defaults.frames);
}

Result<FolderHints> read_folder_hints(const std::filesystem::path& model_dir, FolderHints published)
{
    FolderHints hints = std::move(published);
    const auto path = model_dir / "headroom.json";
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return hints;
    const nlohmann::json json = TRY(files::read_json_file(path));
    const std::string file = files::shown(path);
    if (!json.is_object()) return fail(ErrorCode::BadModel, "{}: must be a JSON object", file);
    hints.display_name = TRY(JsonFields(json, file).text("name", {}));
    const nlohmann::json stated = json.value("defaults", nlohmann::json::object());
    if (!stated.is_object()) return fail(ErrorCode::BadModel, "{}: 'defaults' must be a JSON object", file);
    if (!stated.empty()) hints.presets.clear();  // of the published model, which this is not
    TRY(read_defaults(stated, hints.defaults, file));
    if (json.contains("latent_rgb"))
        hints.latent_rgb = TRY(parse_latent_rgb(json["latent_rgb"], hints.latent_rgb.factors.size(), file));
    return hints;
}

// Where a Hugging Face cache keeps "org/repo": models--org--repo/snapshots/<revision>.
std::string folder_name(const std::filesystem::path& model_dir)
{
    constexpr std::string_view kRepositoryPrefix = "models--";
    const auto clean = model_dir.has_filename() ? model_dir : model_dir.parent_path();
    const std::string repository = clean.parent_path().parent_path().filename().string();
    if (clean.parent_path().filename() != "snapshots" || !repository.starts_with(kRepositoryPrefix))
        return clean.filename().string();
    std::string name = repository.substr(kRepositoryPrefix.size());
    if (const auto separator = name.find("--"); separator != std::string::npos) {
        name[separator] = '/';
        name.erase(separator + 1, 1);
    }
    return name;
}

ComponentInfo describe_component(const files::ComponentRef& component, const files::WeightIndex& weights)
{
    ComponentInfo info;
    info.name = component.name;
    info.class_name = component.class_name;
    info.size_bytes = weights.total_bytes();
    for (const files::TensorEntry* entry : weights.entries()) {
        info.parameters += std::accumulate(entry->shape.begin(), entry->shape.end(), std::int64_t{1}, std::multiplies<>());
        const std::string dtype = short_dtype_name(entry->dtype);
        info.stored_dtype = info.stored_dtype.empty() || info.stored_dtype == dtype ? dtype : "mixed";
    }
    return info;
}

ComponentInfo describe_component(const files::ComponentRef& component, const std::vector<nn::ParameterBlock*>& blocks)
{
    ComponentInfo info;
    info.name = component.name;
    info.class_name = component.class_name;
    for (const nn::ParameterBlock* block : blocks) {
        for (const nn::Parameter* parameter : block->parameters) {
            info.parameters +=
                std::accumulate(parameter->shape.begin(), parameter->shape.end(), std::int64_t{1}, std::multiplies<>());
        }
    }
    return info;
}

}  // namespace headroom::models

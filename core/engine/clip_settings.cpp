#include "core/engine/clip_settings.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace headroom {

namespace {

constexpr int kFormatVersion = 1;
constexpr std::size_t kLargestJsonBytes = 64 * 1024;

/// Copies `json[key]` into `value` when it is there and of the right type; false when the type is wrong.
template <typename T, typename Target>
bool read(const nlohmann::json& json, const char* key, Target& value)
{
    const auto found = json.find(key);
    if (found == json.end() || found->is_null()) return true;
    if constexpr (std::is_same_v<T, std::map<std::string, double>>) {
        if (!found->is_object() || !std::ranges::all_of(*found, [](const auto& each) { return each.is_number(); })) return false;
    } else if constexpr (std::is_same_v<T, std::string>) {
        if (!found->is_string()) return false;
    } else if constexpr (std::is_floating_point_v<T>) {
        if (!found->is_number()) return false;
    } else {
        if (!found->is_number_integer()) return false;
    }
    value = found->get<T>();
    return true;
}

}  // namespace

std::string to_json(const ClipSettings& settings)
{
    const GenerateRequest& request = settings.request;
    nlohmann::ordered_json json = {{"headroom", kFormatVersion},
                                   {"model", settings.model_name},
                                   {"model_dir", request.model_dir.string()},
                                   {"width", request.width.value_or(0)},
                                   {"height", request.height.value_or(0)},
                                   {"frames", request.frames.value_or(0)},
                                   {"fps", request.fps.value_or(0)},
                                   {"steps", request.steps.value_or(0)},
                                   {"guidance", request.guidance.value_or(0)},
                                   {"seed", request.seed}};
    if (!request.extra.empty()) json["extra"] = request.extra;
    if (request.output.store_prompt) {
        json["prompt"] = request.prompt;
        json["negative"] = request.negative_prompt;
    }
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<ClipSettings> parse_clip_settings(std::string_view text)
{
    const auto json = text.size() <= kLargestJsonBytes ? nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false)
                                                       : nlohmann::json(nlohmann::json::value_t::discarded);
    if (!json.is_object() || !json.contains("headroom")) {
        return fail(
            ErrorCode::BadInput,
            "The file carries no settings of Headroom: only clips that Headroom made can be dropped to get their settings back");
    }
    ClipSettings settings;
    GenerateRequest& request = settings.request;
    std::string model_dir;
    const bool well_typed =
        read<std::string>(json, "model", settings.model_name) && read<std::string>(json, "model_dir", model_dir) &&
        read<std::string>(json, "prompt", request.prompt) && read<std::string>(json, "negative", request.negative_prompt) &&
        read<int>(json, "width", request.width) && read<int>(json, "height", request.height) &&
        read<int>(json, "frames", request.frames) && read<int>(json, "fps", request.fps) &&
        read<int>(json, "steps", request.steps) && read<double>(json, "guidance", request.guidance) &&
        read<std::map<std::string, double>>(json, "extra", request.extra) && read<std::uint64_t>(json, "seed", request.seed);
    if (!well_typed) return fail(ErrorCode::BadInput, "The settings in the file are damaged: a value has the wrong type");
    request.model_dir = model_dir;
    return settings;
}

}  // namespace headroom

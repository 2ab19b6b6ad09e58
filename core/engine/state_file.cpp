#include "core/engine/state_file.h"

#include <cmath>
#include <span>
#include <string>
#include <system_error>

#include "core/files/json_file.h"
#include "core/files/part_file.h"

namespace headroom {

nlohmann::json read_state(const std::filesystem::path& path)
{
    constexpr files::JsonLimits kLimits{.size_bytes = std::int64_t{1} << 20, .depth = 16};
    auto state = files::read_json_file(path, kLimits);
    return state && state->is_object() ? *std::move(state) : nlohmann::json::object();
}

std::optional<std::string> text_of(const nlohmann::json& object, std::string_view key)
{
    const auto field = object.is_object() ? object.find(key) : object.end();
    return field != object.end() && field->is_string() ? std::optional(field->get<std::string>()) : std::nullopt;
}

std::optional<double> positive_of(const nlohmann::json& object, std::string_view key)
{
    const auto field = object.is_object() ? object.find(key) : object.end();
    if (field == object.end() || !field->is_number()) return std::nullopt;
    const double number = field->get<double>();
    return std::isfinite(number) && number > 0 ? std::optional(number) : std::nullopt;
}

void write_state(const std::filesystem::path& path, const nlohmann::json& state)
{
    std::error_code ignored;
    std::filesystem::create_directories(path.parent_path(), ignored);
    const std::string text = state.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
    if (auto file = files::PartFile::create(path)) {
        if (file->write(std::as_bytes(std::span(text)))) (void)file->commit();
    }
}

}  // namespace headroom

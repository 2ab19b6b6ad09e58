#include "core/base/json_fields.h"

#include <algorithm>
#include <cmath>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace headroom {

namespace {

constexpr std::size_t kShownCharacters = 60;

std::string shown(const nlohmann::json& value)
{
    std::string text = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    if (text.size() > kShownCharacters) text = text.substr(0, kShownCharacters) + "…";
    return text;
}

bool is_integer_within(const nlohmann::json& value, std::int64_t least, std::int64_t most)
{
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t(INT64_MAX)) return false;
    return value.is_number_integer() && value.get<std::int64_t>() >= least && value.get<std::int64_t>() <= most;
}

}  // namespace

Result<void> JsonFields::check_class(std::string_view class_name) const
{
    if (!m_object->is_object()) return fail(ErrorCode::BadModel, "{} is not a JSON object", m_where);
    const nlohmann::json* found = find("_class_name");
    if (found && *found != class_name) {
        return fail(ErrorCode::BadModel, "{}: the component is a {}, which is not supported; supported is {}", m_where,
                    shown(*found), class_name);
    }
    return {};
}

bool JsonFields::has(std::string_view key) const
{
    const nlohmann::json* found = find(key);
    return found && !found->is_null();
}

Result<std::int64_t> JsonFields::integer(std::string_view key, std::int64_t missing, std::int64_t least, std::int64_t most) const
{
    const nlohmann::json* found = find(key);
    if (!found) return missing;
    if (!is_integer_within(*found, least, most)) return unlike(key, fmt::format("a whole number from {} to {}", least, most));
    return found->get<std::int64_t>();
}

Result<double> JsonFields::number(std::string_view key, double missing) const
{
    const nlohmann::json* found = find(key);
    if (!found) return missing;
    if (!found->is_number() || !std::isfinite(found->get<double>())) return unlike(key, "a number");
    return found->get<double>();
}

Result<double> JsonFields::positive_number(std::string_view key, double missing) const
{
    const double value = TRY(number(key, missing));
    if (value <= 0) return unlike(key, "a number above 0");
    return value;
}

Result<bool> JsonFields::boolean(std::string_view key, bool missing) const
{
    const nlohmann::json* found = find(key);
    if (!found) return missing;
    if (!found->is_boolean()) return unlike(key, "true or false");
    return found->get<bool>();
}

Result<std::string> JsonFields::text(std::string_view key, std::string_view missing) const
{
    const nlohmann::json* found = find(key);
    if (!found) return std::string(missing);
    if (!found->is_string()) return unlike(key, "a text");
    return found->get<std::string>();
}

Result<std::string> JsonFields::word(std::string_view key, std::string_view missing,
                                     const std::vector<std::string_view>& allowed) const
{
    const nlohmann::json* found = find(key);
    if (!found) return std::string(missing);
    if (!found->is_string() || std::ranges::find(allowed, found->get_ref<const std::string&>()) == allowed.end()) {
        return unlike(key, fmt::format("one of {}", fmt::join(allowed, ", ")));
    }
    return found->get<std::string>();
}

Result<std::vector<std::int64_t>> JsonFields::integers(std::string_view key, std::vector<std::int64_t> missing,
                                                       std::int64_t least, std::int64_t most) const
{
    const nlohmann::json* found = find(key);
    if (!found) return missing;
    const auto fits = [&](const nlohmann::json& value) { return is_integer_within(value, least, most); };
    if (!found->is_array() || !std::ranges::all_of(*found, fits)) {
        return unlike(key, fmt::format("a list of whole numbers from {} to {}", least, most));
    }
    return found->get<std::vector<std::int64_t>>();
}

std::string JsonFields::named(std::string_view key) const
{
    return fmt::format("{}: '{}'", m_where, key);
}

const nlohmann::json* JsonFields::find(std::string_view key) const
{
    if (!m_object->is_object()) return nullptr;
    const auto found = m_object->find(key);
    return found == m_object->end() ? nullptr : &*found;
}

tl::unexpected<Error> JsonFields::unlike(std::string_view key, std::string_view expected) const
{
    const nlohmann::json* found = find(key);
    return fail(ErrorCode::BadModel, "{} must be {}, but is {}", named(key), expected, found ? shown(*found) : "missing");
}

}  // namespace headroom

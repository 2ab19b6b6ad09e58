#include "core/files/json_values.h"

#include <cmath>
#include <limits>
#include <type_traits>

#include "core/files/message_text.h"

namespace headroom::files {

namespace {

using nlohmann::json;

template <typename T>
struct IsVector : std::false_type {};
template <typename T>
struct IsVector<std::vector<T>> : std::true_type {};

template <typename T>
std::string expectation()
{
    if constexpr (IsVector<T>::value) return "a list, each element " + expectation<typename T::value_type>();
    else if constexpr (std::is_same_v<T, bool>) return "true or false";
    else if constexpr (std::is_integral_v<T>) return "a whole number";
    else if constexpr (std::is_floating_point_v<T>) return "a number";
    else return "a text";
}

std::optional<std::int64_t> whole_number(const json& value)
{
    if (value.is_number_unsigned()) {
        const auto number = value.get<std::uint64_t>();
        if (number > std::uint64_t(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
        return std::int64_t(number);
    }
    if (value.is_number_integer()) return value.get<std::int64_t>();
    constexpr double kExactLimit = 9007199254740992.0;  // 2^53: every whole double up to here is exact
    if (!value.is_number_float()) return std::nullopt;
    const double number = value.get<double>();
    if (std::trunc(number) != number || std::fabs(number) > kExactLimit) return std::nullopt;
    return std::int64_t(number);
}

template <typename T>
std::optional<T> convert(const json& value)
{
    if constexpr (IsVector<T>::value) {
        if (!value.is_array()) return std::nullopt;
        T result;
        for (const json& element : value) {
            auto converted = convert<typename T::value_type>(element);
            if (!converted) return std::nullopt;
            result.push_back(std::move(*converted));
        }
        return result;
    } else if constexpr (std::is_same_v<T, bool>) {
        return value.is_boolean() ? std::optional<T>(value.get<bool>()) : std::nullopt;
    } else if constexpr (std::is_integral_v<T>) {
        const auto number = whole_number(value);
        if (!number || *number < std::numeric_limits<T>::min() || *number > std::numeric_limits<T>::max()) return std::nullopt;
        return T(*number);
    } else if constexpr (std::is_floating_point_v<T>) {
        return value.is_number() ? std::optional<T>(value.get<T>()) : std::nullopt;
    } else {
        return value.is_string() ? std::optional<T>(value.get<T>()) : std::nullopt;
    }
}

std::string shown_value(const json& value)
{
    if (value.is_object()) return "an object";
    if (value.is_array()) return "a list";
    if (value.is_string()) return "the text " + in_quotes(value.get_ref<const std::string&>());
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

template <typename T>
Result<std::optional<T>> get_optional(const json& object, std::string_view key, std::string_view file)
{
    if (!object.is_object()) return fail(ErrorCode::BadModel, "{}: {} is looked for in something that is not an object", file, in_quotes(key));
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return std::optional<T>();
    auto converted = convert<T>(*found);
    if (converted) return converted;
    return fail(ErrorCode::BadModel, "{}: {} is {} but must be {}", file, in_quotes(key), shown_value(*found), expectation<T>());
}

template <typename T>
Result<T> get_or(const json& object, std::string_view key, T fallback, std::string_view file)
{
    auto value = TRY(get_optional<T>(object, key, file));
    return value ? std::move(*value) : std::move(fallback);
}

template <typename T>
Result<T> get_required(const json& object, std::string_view key, std::string_view file)
{
    auto value = TRY(get_optional<T>(object, key, file));
    if (!value) return fail(ErrorCode::BadModel, "{}: {} is missing, {} is expected", file, in_quotes(key), expectation<T>());
    return std::move(*value);
}

#define HEADROOM_INSTANTIATE(T)                                                                              \
    template Result<std::optional<T>> get_optional<T>(const json&, std::string_view, std::string_view);      \
    template Result<T> get_or<T>(const json&, std::string_view, T, std::string_view);                        \
    template Result<T> get_required<T>(const json&, std::string_view, std::string_view);
HEADROOM_INSTANTIATE(bool)
HEADROOM_INSTANTIATE(int)
HEADROOM_INSTANTIATE(std::int64_t)
HEADROOM_INSTANTIATE(double)
HEADROOM_INSTANTIATE(std::string)
HEADROOM_INSTANTIATE(std::vector<bool>)
HEADROOM_INSTANTIATE(std::vector<int>)
HEADROOM_INSTANTIATE(std::vector<std::int64_t>)
HEADROOM_INSTANTIATE(std::vector<double>)
HEADROOM_INSTANTIATE(std::vector<std::string>)
#undef HEADROOM_INSTANTIATE

}  // namespace headroom::files

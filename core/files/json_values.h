#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace headroom::files {

/// The value of a key of a config, or `fallback` when the key is missing or null, as diffusers fills its defaults in. `file` names
/// the config in messages. T is bool, int, std::int64_t, double, std::string, or a std::vector of one of them. A whole number
/// is taken for a double, a double that is whole for an integer.
/// Errors: BadModel, when the value has another type or is out of T's range ("config.json: 'num_layers' is \"many\" but must be a
/// whole number"), or when `object` is not an object.
template <typename T>
Result<T> get_or(const nlohmann::json& object, std::string_view key, T fallback, std::string_view file = "config.json");

/// The same for a key whose absence (missing or null) means something of its own.
template <typename T>
Result<std::optional<T>> get_optional(const nlohmann::json& object, std::string_view key, std::string_view file = "config.json");

/// The same for a key that has no default: BadModel when it is missing or null.
template <typename T>
Result<T> get_required(const nlohmann::json& object, std::string_view key, std::string_view file = "config.json");

}  // namespace headroom::files

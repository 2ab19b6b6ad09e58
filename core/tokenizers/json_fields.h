#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"

namespace headroom::tokenizers {

/// A string, or boolean, of a JSON object; `what` names the object in the sentence. A missing boolean is false when `fallback` is
/// given. Errors: BadModel when `object` is no object, or the field is missing or of another type.
Result<std::string> string_field(const nlohmann::json& object, const char* key, std::string_view what,
                                 const std::filesystem::path& path);
Result<bool> bool_field(const nlohmann::json& object, const char* key, std::string_view what, const std::filesystem::path& path,
                        std::optional<bool> fallback = std::nullopt);

/// A whole JSON file. Errors: BadModel when it can't be read, is absurdly large, or is not a JSON object.
Result<nlohmann::json> read_json_object(const std::filesystem::path& path);

/// A whole file's bytes. Errors: BadModel when it can't be read or has more than 1 GiB.
Result<std::string> read_bytes(const std::filesystem::path& path);

}  // namespace headroom::tokenizers

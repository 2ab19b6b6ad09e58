#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace headroom::files {

/// What a JSON text may cost. A document takes some ten times its text in memory, and what reads it may recurse.
struct JsonLimits {
    std::int64_t size_bytes = std::int64_t{64} << 20;
    int depth = 64;
};

/// Reads a JSON file whose top is an object or a list. Of a key that stands twice in one object the last counts, as in Python.
/// Errors: `code`, one sentence naming the file and, where there is one, line and column: missing, a folder, empty, a Git LFS
/// pointer, larger or deeper than the limits, no valid JSON, no UTF-8.
Result<nlohmann::json> read_json_file(const std::filesystem::path& path, JsonLimits limits = {},
                                      ErrorCode code = ErrorCode::BadModel);

/// The same for a text in memory; `name` stands for the file in messages.
Result<nlohmann::json> parse_json(std::string_view text, std::string_view name, JsonLimits limits = {},
                                  ErrorCode code = ErrorCode::BadModel);

}  // namespace headroom::files

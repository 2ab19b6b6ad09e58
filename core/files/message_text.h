#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace headroom::files {

/// Text that comes from a file (a tensor name, a key) as it may stand in a message: in single quotes, at most about 120 bytes,
/// control characters and invalid UTF-8 replaced by '?', so that a hostile name can't break the one-sentence rule.
std::string in_quotes(std::string_view text);

/// A path as it may stand in a message: whole, with control characters and invalid UTF-8 replaced by '?'.
std::string shown(const std::filesystem::path& path);

/// The last two parts of a path, which name a component's file in a model folder: "transformer/config.json".
std::string shown_short(const std::filesystem::path& path);

/// A shape as Python writes it: "[16, 4, 1, 2, 2]"; of more than 16 dimensions the first 16 and "...".
std::string shown_shape(std::span<const std::int64_t> shape);

/// The system's words for an errno value: "Permission denied".
std::string system_message(int error_number);

/// Whether the text is well-formed UTF-8 (no overlong forms, surrogates or code points above U+10FFFF).
bool is_valid_utf8(std::string_view text);

}  // namespace headroom::files

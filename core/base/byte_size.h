#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace headroom {

inline constexpr std::int64_t kMiB = std::int64_t{1} << 20;
inline constexpr std::int64_t kGiB = std::int64_t{1} << 30;

/// Reads a size as the command line takes it: a number with MiB, GiB, MB or GB; a bare number is GiB ("8", "1.5GiB", "700 MB").
/// Errors: Usage when it is not such a number, is not finite, or is not positive.
Result<std::int64_t> parse_byte_size(std::string_view text);

/// Writes a size for people: "1.5 GiB", "700.0 MiB", "12 bytes"; one decimal, binary units.
std::string format_byte_size(std::int64_t size_bytes);

}  // namespace headroom

#pragma once

#include <cstdint>
#include <string>

#include <CLI/App.hpp>

#include "core/base/result.h"

namespace headroom::app {

/// Refuses an empty name: what a variable of a script that is not set gives.
CLI::Validator file_name();

/// Refuses what is not a whole number in decimal digits, and takes leading zeros away: CLI11 reads "010" as eight.
CLI::Validator whole_number();

/// Reads `--seed` as torch.manual_seed() takes it: 0 to 2^64 - 1, or a negative number from -2^63, which stands for itself plus
/// 2^64. Errors: Usage.
Result<std::uint64_t> parse_seed(const std::string& text);

/// Reads the size that an option gives. Errors: Usage, naming the option.
Result<std::int64_t> parse_size_option(const char* option, const std::string& text);

}  // namespace headroom::app

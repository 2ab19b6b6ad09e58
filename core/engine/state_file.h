#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace headroom {

/// Reads a JSON object that the program keeps for itself. A file that is missing, damaged or no object is an empty object: what
/// was in it is measured or learned again.
nlohmann::json read_state(const std::filesystem::path& path);

/// A field of such an object; nothing where it is missing or of another kind. Numbers are finite and above 0.
std::optional<std::string> text_of(const nlohmann::json& object, std::string_view key);
std::optional<double> positive_of(const nlohmann::json& object, std::string_view key);

/// Writes it as a whole or not at all, making its folder where that is missing. That nothing could be written is no error either.
void write_state(const std::filesystem::path& path, const nlohmann::json& state);

}  // namespace headroom

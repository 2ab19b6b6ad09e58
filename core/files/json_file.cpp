#include "core/files/json_file.h"

#include <algorithm>
#include <optional>
#include <string>

#include "core/base/byte_size.h"
#include "core/files/mapped_file.h"
#include "core/files/message_text.h"

namespace headroom::files {

namespace {

/// "line 3, column 7" of a byte in the text; both count from one.
std::string place(std::string_view text, std::size_t byte)
{
    const std::string_view before = text.substr(0, std::min(byte, text.size()));
    const auto line = std::ranges::count(before, '\n') + 1;
    const auto column = before.size() - (before.rfind('\n') + 1) + 1;
    return fmt::format("line {}, column {}", line, column);
}

/// The first byte whose bracket opens one level more than allowed.
std::optional<std::size_t> first_too_deep(std::string_view text, int limit)
{
    int depth = 0;
    bool is_in_string = false;
    for (std::size_t index = 0; index < text.size(); ++index) {
        const char letter = text[index];
        if (is_in_string && letter == '\\') {
            ++index;
        } else if (letter == '"') {
            is_in_string = !is_in_string;
        } else if (!is_in_string && (letter == '{' || letter == '[')) {
            if (++depth > limit) return index;
        } else if (!is_in_string && (letter == '}' || letter == ']')) {
            --depth;
        }
    }
    return std::nullopt;
}

}  // namespace

Result<nlohmann::json> parse_json(std::string_view text, std::string_view name, JsonLimits limits, ErrorCode code)
{
    if (std::int64_t(text.size()) > limits.size_bytes) {
        return fail(code, "{} is too large to be read as JSON: it has {}, the most is {}", name,
                    format_byte_size(std::int64_t(text.size())), format_byte_size(limits.size_bytes));
    }
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return fail(code, "{} is empty: the download failed or is incomplete", name);
    if (text.starts_with("version https://git-lfs")) return fail(code, "{} is a Git LFS pointer: download the real file", name);
    // The JSON reader takes a zero byte for the end of its input.
    if (const auto zero = text.find('\0'); zero != std::string_view::npos) {
        return fail(code, "{} is not valid JSON: there is a zero byte at {}", name, place(text, zero));
    }
    if (const auto deep = first_too_deep(text, limits.depth)) {
        return fail(code, "{} is nested deeper than {} levels at {}", name, limits.depth, place(text, *deep));
    }
    try {
        auto value = nlohmann::json::parse(text);
        if (!value.is_structured()) return fail(code, "{} holds a single value instead of a JSON object", name);
        return value;
    } catch (const nlohmann::json::parse_error& error) {
        return fail(code, "{} is not valid JSON at {}", name, place(text, error.byte == 0 ? 0 : error.byte - 1));
    } catch (const nlohmann::json::exception&) {
        return fail(code, "{} is not valid JSON: it holds a number beyond every range", name);
    }
}

Result<nlohmann::json> read_json_file(const std::filesystem::path& path, JsonLimits limits, ErrorCode code)
{
    const MappedFile file = TRY(MappedFile::open(path, code));
    const auto bytes = file.bytes();
    return parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, shown(path), limits, code);
}

}  // namespace headroom::files

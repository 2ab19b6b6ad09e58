#include "core/files/message_text.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

namespace headroom::files {

namespace {

constexpr std::size_t kLongestQuote = 120;
constexpr std::size_t kLongestPath = 4096;
constexpr std::size_t kMostDimensions = 16;

bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/// Bytes of the well-formed UTF-8 character at the start of the text, 0 if there is none.
std::size_t utf8_length(std::string_view text)
{
    const auto at = [&](std::size_t index) { return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U; };
    const unsigned first = at(0);
    const unsigned second = at(1);
    if (text.empty()) return 0;
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4 || !is_continuation(static_cast<unsigned char>(second))) return 0;
    if (first < 0xE0) return 2;
    if (!is_continuation(static_cast<unsigned char>(at(2)))) return 0;
    if (first < 0xF0) return (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ? 0 : 3;
    if (!is_continuation(static_cast<unsigned char>(at(3)))) return 0;
    return (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F) ? 0 : 4;
}

std::string cleaned(std::string_view text, std::size_t longest)
{
    std::string result;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (result.size() + std::max<std::size_t>(length, 1) > longest) return result + "...";
        const bool is_control = length == 1 && (static_cast<unsigned char>(text[0]) < 0x20 || text[0] == 0x7F);
        if (length == 0 || is_control) {
            result += '?';
        } else {
            result += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return result;
}

}  // namespace

std::string in_quotes(std::string_view text)
{
    return fmt::format("'{}'", cleaned(text, kLongestQuote));
}

std::string shown(const std::filesystem::path& path)
{
    return cleaned(path.string(), kLongestPath);
}

std::string shown_short(const std::filesystem::path& path)
{
    return shown(path.parent_path().filename() / path.filename());
}

std::string shown_shape(std::span<const std::int64_t> shape)
{
    const auto first = shape.first(std::min(shape.size(), kMostDimensions));
    return fmt::format("[{}{}]", fmt::join(first, ", "), first.size() < shape.size() ? ", ..." : "");
}

std::string system_message(int error_number)
{
    return std::error_code(error_number, std::generic_category()).message();
}

bool is_valid_utf8(std::string_view text)
{
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

}  // namespace headroom::files

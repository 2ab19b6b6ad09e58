#include "core/files/message_text.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "core/base/utf8.h"

namespace headroom::files {

namespace {

constexpr std::size_t kLongestQuote = 120;
constexpr std::size_t kLongestPath = 4096;
constexpr std::size_t kMostDimensions = 16;

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

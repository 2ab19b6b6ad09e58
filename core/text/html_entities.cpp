#include "core/text/html_entities.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>

namespace headroom::text {
namespace {

struct HtmlEntity {
    std::string_view name;
    char32_t text[4];  ///< NUL-terminated.
};

#include "core/text/html_entities.inc"

constexpr std::size_t kLongestName = 32;

/// What a reference stands for, and how many characters of the text after "&" it takes.
struct Reference {
    std::u32string text;
    std::size_t size = 0;
};

template <std::size_t Size>
std::optional<std::u32string_view> find(const HtmlEntity (&table)[Size], std::u32string_view name)
{
    std::string ascii;
    for (const char32_t character : name) {
        if (character >= 0x80) return std::nullopt;
        ascii.push_back(static_cast<char>(character));
    }
    const auto found = std::lower_bound(std::begin(table), std::end(table), ascii,
                                        [](const HtmlEntity& entity, const std::string& key) { return entity.name < key; });
    if (found == std::end(table) || found->name != ascii) return std::nullopt;
    return found->text;
}

/// Bytes 0x80 to 0x9F in Windows-1252; the five that it leaves out stay controls.
constexpr char16_t kWindows1252[32] = {0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                       0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                       0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

/// HTML 5's rules for numbers that name no character.
std::u32string text_of_number(std::uint64_t number)
{
    if (number == 0 || (number >= 0xD800 && number <= 0xDFFF) || number > 0x10FFFF) return U"\uFFFD";
    if (number >= 0x80 && number <= 0x9F) return std::u32string(1, kWindows1252[number - 0x80]);
    const bool control = number <= 0x08 || number == 0x0B || (number >= 0x0E && number <= 0x1F) || number == 0x7F;
    const bool no_character = (number >= 0xFDD0 && number <= 0xFDEF) || (number & 0xFFFE) == 0xFFFE;
    if (control || no_character) return U"";
    return std::u32string(1, static_cast<char32_t>(number));
}

int digit_value(char32_t character, int base)
{
    if (character >= U'0' && character <= U'9') return static_cast<int>(character - U'0');
    const char32_t lower = character | 0x20;
    if (base == 16 && lower >= U'a' && lower <= U'f') return static_cast<int>(lower - U'a') + 10;
    return -1;
}

/// rest: the text after "&", starting with "#".
std::optional<Reference> read_number(std::u32string_view rest)
{
    const bool hexadecimal = rest.size() > 1 && (rest[1] == U'x' || rest[1] == U'X');
    const int base = hexadecimal ? 16 : 10;
    const std::size_t start = hexadecimal ? 2 : 1;
    std::size_t end = start;
    std::uint64_t number = 0;
    for (; end < rest.size() && digit_value(rest[end], base) >= 0; ++end) {
        number = std::min<std::uint64_t>(
            number * static_cast<std::uint64_t>(base) + static_cast<std::uint64_t>(digit_value(rest[end], base)), 0x110000);
    }
    if (end == start) return std::nullopt;
    if (end < rest.size() && rest[end] == U';') ++end;
    return Reference{text_of_number(number), end};
}

/// The longest name that HTML 5 knows at the start of the text after "&".
std::optional<Reference> read_name(std::u32string_view rest)
{
    std::size_t size = std::min(rest.find_first_of(U"\t\n\f <&#;"), std::min(rest.size(), kLongestName));
    if (size == 0) return std::nullopt;
    if (size < rest.size() && rest[size] == U';') ++size;
    if (const auto text = find(kHtmlEntities, rest.substr(0, size))) return Reference{std::u32string(*text), size};
    for (std::size_t shorter = size - 1; shorter >= 2; --shorter) {
        if (const auto text = find(kHtmlEntities, rest.substr(0, shorter))) return Reference{std::u32string(*text), shorter};
    }
    return std::nullopt;
}

template <typename Read>
std::u32string replace_references(std::u32string_view text, Read&& read)
{
    std::u32string result;
    for (std::size_t i = 0; i < text.size();) {
        const auto reference = text[i] == U'&' ? read(text.substr(i + 1)) : std::nullopt;
        if (reference) {
            result += reference->text;
            i += 1 + reference->size;
        } else {
            result.push_back(text[i++]);
        }
    }
    return result;
}

/// "&", at most one "#", 1 to 24 ASCII letters and digits, ";".
std::optional<Reference> read_unambiguous(std::u32string_view rest)
{
    constexpr std::size_t kLongest = 24;
    const std::size_t start = rest.starts_with(U'#') ? 1 : 0;
    std::size_t end = start;
    while (end < rest.size() && (digit_value(rest[end], 10) >= 0 || ((rest[end] | 0x20) >= U'a' && (rest[end] | 0x20) <= U'z')))
        ++end;
    if (end == start || end - start > kLongest || end == rest.size() || rest[end] != U';') return std::nullopt;
    const std::u32string_view whole = rest.substr(0, end + 1);
    if (start == 1) {
        const auto number = read_number(whole);
        return number && number->size == whole.size() && number->text != U";" ? number : std::nullopt;
    }
    auto text = find(kHtmlEntities, whole);
    if (!text) text = find(kUpperCaseEntities, whole);
    if (!text) return std::nullopt;
    return Reference{std::u32string(*text), whole.size()};
}

}  // namespace

std::u32string unescape_html(std::u32string_view text)
{
    return replace_references(
        text, [](std::u32string_view rest) { return rest.starts_with(U'#') ? read_number(rest) : read_name(rest); });
}

std::u32string unescape_unambiguous_html(std::u32string_view text)
{
    return replace_references(text, read_unambiguous);
}

}  // namespace headroom::text

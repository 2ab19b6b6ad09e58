#include "core/text/character_fixes.h"

#include "core/text/utf32.h"

namespace headroom::text {
namespace {

struct Ligature {
    char32_t character;
    std::u32string_view letters;
};

constexpr Ligature kLigatures[] = {
    {U'Ĳ', U"IJ"}, {U'ĳ', U"ij"}, {U'ŉ', U"ʼn"},  {U'Ǳ', U"DZ"},  {U'ǲ', U"Dz"}, {U'ǳ', U"dz"}, {U'Ǆ', U"DŽ"}, {U'ǅ', U"Dž"},
    {U'ǆ', U"dž"}, {U'Ǉ', U"LJ"}, {U'ǈ', U"Lj"},  {U'ǉ', U"lj"},  {U'Ǌ', U"NJ"}, {U'ǋ', U"Nj"}, {U'ǌ', U"nj"}, {U'ﬀ', U"ff"},
    {U'ﬁ', U"fi"}, {U'ﬂ', U"fl"}, {U'ﬃ', U"ffi"}, {U'ﬄ', U"ffl"}, {U'ﬅ', U"ſt"}, {U'ﬆ', U"st"},
};

/// Builds the text anew from what replace(character) makes of each character.
template <typename Replace>
std::u32string map_characters(std::u32string_view text, Replace&& replace)
{
    std::u32string result;
    result.reserve(text.size());
    for (const char32_t character : text) result += replace(character);
    return result;
}

bool is_control(char32_t c)
{
    return c <= 0x08 || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F || (c >= 0x206A && c <= 0x206F) || c == 0xFEFF ||
           (c >= 0xFFF9 && c <= 0xFFFC);
}

/// Size of the escape sequence at the start; 0 when there is none.
std::size_t escape_size(std::u32string_view text)
{
    if (!text.starts_with(U"\x1B[")) return 0;
    std::size_t end = 2;
    while (end < text.size() && (text[end] == U';' || is_decimal_digit(text[end]))) ++end;
    if (end == text.size()) return 0;
    const char32_t lower = text[end] | 0x20;
    return lower >= U'a' && lower <= U'z' ? end + 1 : 0;
}

}  // namespace

std::u32string fix_latin_ligatures(std::u32string_view text)
{
    return map_characters(text, [](char32_t character) {
        for (const Ligature& ligature : kLigatures) {
            if (ligature.character == character) return std::u32string(ligature.letters);
        }
        return std::u32string(1, character);
    });
}

std::u32string fix_character_width(std::u32string_view text)
{
    return map_characters(text, [](char32_t character) {
        if (character == 0x3000) return std::u32string(U" ");
        const std::u32string same(1, character);
        return character >= 0xFF01 && character <= 0xFFEF ? to_nfkc(same) : same;
    });
}

std::u32string uncurl_quotes(std::u32string_view text)
{
    return map_characters(text, [](char32_t character) {
        if (character == 0x02BC || (character >= 0x2018 && character <= 0x201B)) return U'\'';
        return character >= 0x201C && character <= 0x201F ? U'"' : character;
    });
}

std::u32string fix_line_breaks(std::u32string_view text)
{
    std::u32string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char32_t character = text[i];
        if (character == U'\r' && i + 1 < text.size() && text[i + 1] == U'\n') continue;
        const bool breaks = character == U'\r' || character == 0x2028 || character == 0x2029 || character == 0x85;
        result.push_back(breaks ? U'\n' : character);
    }
    return result;
}

std::u32string remove_terminal_escapes(std::u32string_view text)
{
    std::u32string result;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t size = escape_size(text.substr(i));
        if (size == 0) result.push_back(text[i]);
        i += size == 0 ? 1 : size;
    }
    return result;
}

std::u32string remove_control_characters(std::u32string_view text)
{
    return map_characters(
        text, [](char32_t character) { return is_control(character) ? std::u32string() : std::u32string(1, character); });
}

}  // namespace headroom::text

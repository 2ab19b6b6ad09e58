#include "core/text/utf32.h"

#include <cstdint>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

namespace headroom::text {
namespace {

std::u32string normalized(std::u32string_view text, const icu::Normalizer2* form)
{
    icu::UnicodeString utf16;
    for (const char32_t character : text) utf16.append(static_cast<UChar32>(character));
    UErrorCode status = U_ZERO_ERROR;
    const icu::UnicodeString result = form->normalize(utf16, status);
    std::u32string characters;
    for (std::int32_t i = 0; i < result.length(); i = result.moveIndex32(i, 1)) {
        characters.push_back(static_cast<char32_t>(result.char32At(i)));
    }
    return characters;
}

}  // namespace

std::u32string to_utf32(std::string_view utf8)
{
    const auto size = static_cast<std::int64_t>(utf8.size());
    std::u32string text;
    for (std::int64_t i = 0; i < size;) {
        UChar32 character = 0;
        U8_NEXT_OR_FFFD(utf8.data(), i, size, character);
        text.push_back(static_cast<char32_t>(character));
    }
    return text;
}

std::string to_utf8(std::u32string_view text)
{
    std::string utf8;
    for (const char32_t character : text) {
        const auto known = static_cast<UChar32>(U_IS_SURROGATE(character) || character > 0x10FFFF ? 0xFFFD : character);
        char bytes[4];
        std::int32_t size = 0;
        U8_APPEND_UNSAFE(bytes, size, known);
        utf8.append(bytes, static_cast<std::size_t>(size));
    }
    return utf8;
}

bool is_space(char32_t character)
{
    return (character >= 0x1C && character <= 0x1F) || u_isUWhiteSpace(static_cast<UChar32>(character));
}

bool is_word(char32_t character)
{
    return character == U'_' || (U_GET_GC_MASK(static_cast<UChar32>(character)) & (U_GC_L_MASK | U_GC_N_MASK)) != 0;
}

bool is_decimal_digit(char32_t character)
{
    return u_charType(static_cast<UChar32>(character)) == U_DECIMAL_DIGIT_NUMBER;
}

std::u32string to_nfc(std::u32string_view text)
{
    UErrorCode status = U_ZERO_ERROR;
    return normalized(text, icu::Normalizer2::getNFCInstance(status));
}

std::u32string to_nfkc(std::u32string_view text)
{
    UErrorCode status = U_ZERO_ERROR;
    return normalized(text, icu::Normalizer2::getNFKCInstance(status));
}

}  // namespace headroom::text

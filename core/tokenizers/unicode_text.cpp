#include "core/tokenizers/unicode_text.h"

#include <memory>

#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

namespace headroom::tokenizers {
namespace {

icu::UnicodeString to_utf16(std::string_view utf8)
{
    return icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())));
}

UChar32 first_character(std::string_view utf8)
{
    std::int32_t position = 0;
    UChar32 character = 0;
    U8_NEXT_OR_FFFD(utf8.data(), position, static_cast<std::int32_t>(utf8.size()), character);
    return character;
}

UChar32 last_character(std::string_view utf8)
{
    std::int32_t position = static_cast<std::int32_t>(utf8.size());
    UChar32 character = 0;
    U8_PREV_OR_FFFD(utf8.data(), 0, position, character);
    return character;
}

bool is_word(UChar32 character)
{
    constexpr auto kWordCategories = U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK;
    return u_hasBinaryProperty(character, UCHAR_ALPHABETIC) || (U_GET_GC_MASK(character) & kWordCategories) != 0 ||
           u_hasBinaryProperty(character, UCHAR_JOIN_CONTROL);
}

const icu::Normalizer2* normalizer_of(NormalForm form, UErrorCode& status)
{
    switch (form) {
    case NormalForm::Nfc: return icu::Normalizer2::getNFCInstance(status);
    case NormalForm::Nfd: return icu::Normalizer2::getNFDInstance(status);
    case NormalForm::Nfkc: return icu::Normalizer2::getNFKCInstance(status);
    case NormalForm::Nfkd: return icu::Normalizer2::getNFKDInstance(status);
    }
    return nullptr;
}

}  // namespace

std::string to_valid_utf8(std::string_view bytes)
{
    std::string result;
    to_utf16(bytes).toUTF8String(result);
    return result;
}

std::size_t first_character_size(std::string_view utf8)
{
    std::int32_t position = 0;
    U8_FWD_1(utf8.data(), position, static_cast<std::int32_t>(utf8.size()));
    return static_cast<std::size_t>(position);
}

bool is_white_space(char32_t character)
{
    return u_isUWhiteSpace(static_cast<UChar32>(character));
}

std::size_t leading_white_space(std::string_view utf8)
{
    std::size_t size = 0;
    while (size < utf8.size() && u_isUWhiteSpace(first_character(utf8.substr(size))))
        size += first_character_size(utf8.substr(size));
    return size;
}

std::size_t trailing_white_space(std::string_view utf8)
{
    const auto size = static_cast<std::int32_t>(utf8.size());
    std::int32_t end = size;
    for (std::int32_t start = size; start > 0 && end == start;) {
        UChar32 character = 0;
        U8_PREV_OR_FFFD(utf8.data(), 0, start, character);
        if (u_isUWhiteSpace(character)) end = start;
    }
    return static_cast<std::size_t>(size - end);
}

bool starts_with_word(std::string_view utf8)
{
    return !utf8.empty() && is_word(first_character(utf8));
}

bool ends_with_word(std::string_view utf8)
{
    return !utf8.empty() && is_word(last_character(utf8));
}

void for_each_grapheme(std::string_view utf8, const std::function<void(std::string_view)>& visit)
{
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::BreakIterator> breaks(icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status));
    UText* text = utext_openUTF8(nullptr, utf8.data(), static_cast<std::int64_t>(utf8.size()), &status);
    if (U_SUCCESS(status)) {
        breaks->setText(text, status);
        std::int32_t start = breaks->first();
        for (std::int32_t end = breaks->next(); end != icu::BreakIterator::DONE; start = end, end = breaks->next()) {
            visit(utf8.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start)));
        }
    }
    utext_close(text);
}

std::string lowercase(std::string_view utf8)
{
    constexpr UChar32 kCapitalIWithDot = 0x130;  // the one character whose lower case is two
    icu::UnicodeString result;
    const auto size = static_cast<std::int32_t>(utf8.size());
    for (std::int32_t position = 0; position < size;) {
        UChar32 character = 0;
        U8_NEXT_OR_FFFD(utf8.data(), position, size, character);
        result.append(u_tolower(character));
        if (character == kCapitalIWithDot) result.append(UChar32{0x307});
    }
    std::string lower;
    return result.toUTF8String(lower);
}

std::string normalize(std::string_view utf8, NormalForm form)
{
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* normalizer = normalizer_of(form, status);
    std::string result;
    normalizer->normalize(to_utf16(utf8), status).toUTF8String(result);
    return result;
}

}  // namespace headroom::tokenizers

#include "core/text/badness.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "core/text/utf32.h"

namespace headroom::text {
namespace {

// Kinds that are computed, beside those of the table.
constexpr std::uint32_t kAsciiLower = 1U << 28;
constexpr std::uint32_t kAsciiUpper = 1U << 29;
constexpr std::uint32_t kWhiteSpace = 1U << 30;
constexpr std::uint32_t kWordCharacter = 1U << 31;
constexpr std::uint32_t kAsciiLetter = kAsciiLower | kAsciiUpper;

enum class Accepts { These, AllButThese };

/// One place of a rule: a character of some kinds, or one of some characters; or one that is neither.
struct Place {
    std::uint32_t kinds = 0;
    std::u32string_view characters = {};
    Accepts accepts = Accepts::These;

    constexpr bool is_end() const { return kinds == 0 && characters.empty(); }
};

enum class Anchor { Anywhere, Start };

struct Rule {
    Place places[7] = {};
    Anchor anchor = Anchor::Anywhere;
};

constexpr std::uint32_t kAccented = kLowerAccented | kUpperAccented;
constexpr std::uint32_t kSigns = kStartPunctuation | kEndPunctuation | kCurrency | kNumeric | kLaw;
constexpr std::uint32_t kArabicSecond = kCommon | kCurrency | kBad | kNumeric | kStartPunctuation;
constexpr std::uint32_t kBetweenLetters = kC1 | kBad | kStartPunctuation | kEndPunctuation | kCurrency;

constexpr Rule kRules[] = {
    {{{kC1}}},
    {{{kBad | kAccented | kBox | kSigns}, {kBad}}},
    {{{kAsciiLetter}, {kLowerCommon | kUpperCommon}, {kBad}}},
    {{{kBad}, {kAccented | kBox | kSigns}}},
    {{{kLowerAccented | kLowerCommon | kBox | kEndPunctuation | kCurrency | kNumeric}, {kUpperAccented}}},
    {{{kBox | kEndPunctuation | kCurrency | kNumeric}, {kLowerAccented}}},
    {{{kLowerAccented | kBox | kEndPunctuation}, {kCurrency}}},
    {{{kWhiteSpace}, {kUpperAccented}, {kCurrency}}},
    {{{kUpperAccented | kBox}, {kNumeric | kLaw}}},
    {{{kAccented | kBox | kCurrency | kEndPunctuation}, {kStartPunctuation}, {kNumeric}}},
    {{{kAccented | kCurrency | kNumeric | kBox | kLaw}, {kEndPunctuation}, {kStartPunctuation}}},
    {{{kCurrency | kNumeric | kBox}, {kStartPunctuation}}},
    {{{kAsciiLower}, {kUpperAccented}, {kStartPunctuation | kCurrency}}},
    {{{kBox}, {kKaomoji}}},
    {{{kAccented | kSigns}, {kBox}}},
    {{{kBox}, {kEndPunctuation}}},
    {{{kAccented}, {kStartPunctuation | kEndPunctuation}, {kWordCharacter}}},
    {{{0, U"Œœ"}, {kAsciiLetter, {}, Accepts::AllButThese}}},
    {{{kUpperAccented}, {0, U"°"}}},
    // Pairs of Windows-1252 that the rules above leave out.
    {{{0, U"ÂÃÎÐ"}, {kStartPunctuation | kEndPunctuation, U"€œŠš¢£Ÿž\u00A0\u00AD®©°·»–—´"}}},
    {{{0, U"×"}, {0, U"²³"}}},
    // Arabic read as Windows-1252: two pairs, since one may be meant.
    {{{0, U"ØÙ"}, {kArabicSecond, U"ŸŠ®°µ»"}, {0, U"ØÙ"}, {kArabicSecond, U"ŸŠ®°µ»"}}},
    {{{0, U"à"}, {0, U"²µ¹¼½¾"}}},
    // MacRoman.
    {{{0, U"√"}, {0, U"±∂†≠®™´≤≥¥µø"}}},
    {{{0, U"≈"}, {0, U"°¢"}}},
    {{{0, U"‚"}, {0, U"Ä"}, {0, U"ìîïòôúùû†°¢π"}}},
    {{{0, U"‚"}, {0, U"âó"}, {0, U"àä°ê"}}},
    // Windows-1251: U+2000 and on, Latin-1, Cyrillic.
    {{{0, U"в"}, {0, U"Ђ"}}},
    {{{0, U"ВГРС"}, {kBetweenLetters, U"°µ"}, {0, U"ВГРС"}}},
    {{{0, U"Г"}, {0, U"ў"}, {0, U"В"}, {0, U"Ђ"}, {0, U"В"}, {0, U"\n", Accepts::AllButThese}, {kAsciiLetter, U" "}}},
    // "à", "á" and U+00A0 in Windows-1252.
    {{{0, U"Ã"}, {0, U"\u00A0¡"}}},
    {{{kAsciiLower}, {0, U"ÃÂ"}, {0, U" "}}},
    {{{kAsciiLower}, {kWhiteSpace}, {0, U"ÃÂ"}, {0, U" "}}},
    {{{0, U"ÃÂ"}, {0, U" "}}, Anchor::Start},
    {{{kAsciiLower | kEndPunctuation, U".,?!"}, {0, U"Â"}, {kStartPunctuation | kEndPunctuation, U" "}}},
    // Windows-1253 and 1257.
    {{{0, U"β"}, {0, U"€"}, {0, U"™\u00A0Ά\u00AD®°"}}},
    {{{0, U"ΒΓΞΟ"}, {kBetweenLetters, U"°"}, {0, U"ΒΓΞΟ"}}},
    {{{0, U"ā"}, {0, U"€"}}},
};

std::uint32_t all_kinds_of(char32_t character)
{
    std::uint32_t kinds = kinds_of(character);
    if (character >= U'a' && character <= U'z') kinds |= kAsciiLower;
    if (character >= U'A' && character <= U'Z') kinds |= kAsciiUpper;
    if (is_space(character)) kinds |= kWhiteSpace;
    if (is_word(character)) kinds |= kWordCharacter;
    return kinds;
}

bool matches(const Rule& rule, std::u32string_view text, const std::vector<std::uint32_t>& kinds, std::size_t start)
{
    if (rule.anchor == Anchor::Start && start != 0) return false;
    std::size_t at = start;
    for (const Place& place : rule.places) {
        if (place.is_end()) break;
        if (at == text.size()) return false;
        const bool found = (kinds[at] & place.kinds) != 0 || place.characters.find(text[at]) != std::u32string_view::npos;
        if (found != (place.accepts == Accepts::These)) return false;
        ++at;
    }
    return true;
}

}  // namespace

std::uint32_t kinds_of(char32_t character)
{
    const auto found = std::lower_bound(std::begin(kCharacterKinds), std::end(kCharacterKinds), character,
                                        [](const CharacterKinds& entry, char32_t key) { return entry.character < key; });
    return found != std::end(kCharacterKinds) && found->character == character ? found->kinds : 0;
}

bool is_bad(std::u32string_view text)
{
    std::vector<std::uint32_t> kinds;
    kinds.reserve(text.size());
    for (const char32_t character : text) kinds.push_back(all_kinds_of(character));
    for (std::size_t start = 0; start < text.size(); ++start) {
        for (const Rule& rule : kRules) {
            if (matches(rule, text, kinds, start)) return true;
        }
    }
    return false;
}

}  // namespace headroom::text

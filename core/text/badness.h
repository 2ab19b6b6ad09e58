#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace headroom::text {

/// The kinds that ftfy tells characters apart by, as bits (see mojibake_characters.inc).
struct CharacterKinds {
    char16_t character;
    std::uint32_t kinds;
};

#include "core/text/mojibake_characters.inc"

/// The kinds of a character; 0 for those that do not occur in misread UTF-8.
std::uint32_t kinds_of(char32_t character);

/// Whether a text has a sequence that is far likelier in UTF-8 read with a wrong encoding than in a text someone wrote: all rules
/// of ftfy 6.3.1's heuristic (ftfy/badness.py).
bool is_bad(std::u32string_view text);

}  // namespace headroom::text

#pragma once

#include <string>
#include <string_view>

namespace headroom::text {

/// Takes ligatures and digraphs of Latin letters apart: "ﬁ" → "fi", "Ǆ" → "DŽ". Ligatures that are letters (æ) stay.
std::u32string fix_latin_ligatures(std::u32string_view text);

/// Full-width Latin, half-width Katakana and Hangul, and the ideographic space, to their standard forms.
std::u32string fix_character_width(std::u32string_view text);

/// Curly quotes (and U+02BC) to ' and ".
std::u32string uncurl_quotes(std::u32string_view text);

/// CR LF, CR, LINE SEPARATOR, PARAGRAPH SEPARATOR and NEXT LINE to "\n".
std::u32string fix_line_breaks(std::u32string_view text);

/// Removes ANSI escape sequences: ESC [ digits and semicolons, one letter.
std::u32string remove_terminal_escapes(std::u32string_view text);

/// Removes ASCII controls but for tab, line feed, form feed and carriage return, and the invisible U+206A–206F, U+FEFF and
/// U+FFF9–FFFC.
std::u32string remove_control_characters(std::u32string_view text);

}  // namespace headroom::text

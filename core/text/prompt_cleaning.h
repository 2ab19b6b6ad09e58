#pragma once

#include <string>
#include <string_view>

namespace headroom::text {

/// A prompt as the Wan pipeline hands it to the tokenizer (diffusers' prompt_clean with ftfy installed): ftfy.fix_text, HTML
/// character references replaced twice, runs of white space made one space, none at the ends. Bytes that are not UTF-8 become
/// U+FFFD first.
///
/// Of ftfy 6.3.1's fix_text all steps are done, line by line and repeated until nothing changes:
///  * HTML references that end in ";" (not from the first line on that holds a "<");
///  * mojibake, with ftfy's own rules of when a text is bad (see mojibake.h), and C1 controls as Windows-1252;
///  * Latin ligatures taken apart; full-width and half-width forms made standard; curly quotes made straight;
///  * line breaks made "\n"; terminal escapes and control characters removed; NFC.
/// Only the joining of surrogates has no use here: text that was UTF-8 holds none.
std::string clean_prompt(std::string_view prompt);

/// ftfy.fix_text alone.
std::u32string fix_text(std::u32string_view text);

}  // namespace headroom::text

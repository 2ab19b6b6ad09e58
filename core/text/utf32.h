#pragma once

#include <string>
#include <string_view>

namespace headroom::text {

/// Decodes UTF-8; malformed parts become U+FFFD.
std::u32string to_utf32(std::string_view utf8);

/// Encodes as UTF-8; what is no character (a surrogate) becomes U+FFFD.
std::string to_utf8(std::u32string_view text);

/// What Python's str.isspace, str.strip and the regular expression \s call white space.
bool is_space(char32_t character);

/// What Python's regular expression \w calls part of a word.
bool is_word(char32_t character);

/// What Python's regular expression \d calls a digit, of any script.
bool is_decimal_digit(char32_t character);

/// Unicode's canonical composition (NFC), and the compatibility form (NFKC).
std::u32string to_nfc(std::u32string_view text);
std::u32string to_nfkc(std::u32string_view text);

}  // namespace headroom::text

#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace headroom::tokenizers {

/// Unicode's normalization forms.
enum class NormalForm { Nfc, Nfd, Nfkc, Nfkd };

/// The same text with every malformed part replaced by U+FFFD.
std::string to_valid_utf8(std::string_view bytes);

/// Bytes of the character at the start of valid, non-empty UTF-8.
std::size_t first_character_size(std::string_view utf8);

/// Whether a character has Unicode's White_Space property.
bool is_white_space(char32_t character);

/// Bytes of white space at the start, and at the end, of valid UTF-8.
std::size_t leading_white_space(std::string_view utf8);
std::size_t trailing_white_space(std::string_view utf8);

/// Whether the first, or last, character of valid UTF-8 belongs to a word as in the regular expression \w; false for an empty
/// text.
bool starts_with_word(std::string_view utf8);
bool ends_with_word(std::string_view utf8);

/// Calls visit for each extended grapheme cluster of valid UTF-8.
void for_each_grapheme(std::string_view utf8, const std::function<void(std::string_view)>& visit);

/// Each character by itself in lower case, without regard to its neighbours: Greek sigma is never final. utf8 must be valid.
std::string lowercase(std::string_view utf8);

std::string normalize(std::string_view utf8, NormalForm form);

}  // namespace headroom::tokenizers

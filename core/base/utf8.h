#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace headroom {

/// Bytes of the well-formed UTF-8 character at the start of the text (no overlong forms, surrogates or code points above
/// U+10FFFF); 0 if there is none.
std::size_t utf8_length(std::string_view text);

/// The text with '?' for every byte that is part of no such character: names of files may be any bytes.
std::string as_utf8(std::string_view text);

}  // namespace headroom

#pragma once

#include <string>
#include <string_view>

namespace headroom::text {

/// Undoes UTF-8 that was read with a single-byte encoding ("â€™" for "’", "Ã©" for "é"), as ftfy.fix_encoding of ftfy 6.3.1: only
/// where the text is_bad, by encoding it again and decoding it as UTF-8; restoring spaces that were U+00A0, writing U+FFFD where
/// bytes are lost, and fixing parts of a text whose whole can't be decoded. Repeated until nothing changes.
std::u32string fix_encoding(std::u32string_view text);

}  // namespace headroom::text

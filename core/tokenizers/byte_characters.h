#pragma once

#include <string>
#include <string_view>

namespace headroom::tokenizers {

/// The text with each of its bytes as one printable character, as byte-level BPE spells its pieces: bytes that are printable in
/// Latin-1 stand for themselves, the others are U+0100 and on in their order, so that a space is "Ġ". Source: OpenAI's GPT-2,
/// bytes_to_unicode.
std::string spell_bytes(std::string_view bytes);

}  // namespace headroom::tokenizers

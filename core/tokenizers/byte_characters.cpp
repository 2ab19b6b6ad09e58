#include "core/tokenizers/byte_characters.h"

#include <array>

namespace headroom::tokenizers {
namespace {

constexpr bool stands_for_itself(int byte)
{
    return (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

constexpr std::array<char16_t, 256> make_characters()
{
    std::array<char16_t, 256> characters{};
    char16_t next = 0x100;
    for (int byte = 0; byte < 256; ++byte) characters[std::size_t(byte)] = stands_for_itself(byte) ? char16_t(byte) : next++;
    return characters;
}

constexpr std::array kCharacters = make_characters();

}  // namespace

std::string spell_bytes(std::string_view bytes)
{
    std::string spelled;
    spelled.reserve(2 * bytes.size());
    for (const char byte : bytes) {
        const char16_t character = kCharacters[static_cast<unsigned char>(byte)];
        if (character < 0x80) {
            spelled += static_cast<char>(character);
        } else {  // two bytes of UTF-8: none is above U+07FF
            spelled += static_cast<char>(0xc0 | (character >> 6));
            spelled += static_cast<char>(0x80 | (character & 0x3f));
        }
    }
    return spelled;
}

}  // namespace headroom::tokenizers

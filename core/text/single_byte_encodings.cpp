#include "core/text/single_byte_encodings.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include <unicode/utf8.h>

namespace headroom::text {
namespace {

#include "core/text/single_byte_encodings.inc"

constexpr char kSubstitute = 0x1A;
constexpr char32_t kReplacement = 0xFFFD;

unsigned char byte_at(std::string_view bytes, std::size_t position)
{
    return static_cast<unsigned char>(bytes[position]);
}

/// The character that six bytes at the start encode as two surrogates.
std::optional<char32_t> surrogate_pair(std::string_view bytes)
{
    const auto in = [&](std::size_t i, unsigned low, unsigned high) {
        return byte_at(bytes, i) >= low && byte_at(bytes, i) <= high;
    };
    const bool is_pair = bytes.size() >= 6 && in(0, 0xED, 0xED) && in(1, 0xA0, 0xAF) && in(2, 0x80, 0xBF) && in(3, 0xED, 0xED) &&
                         in(4, 0xB0, 0xBF) && in(5, 0x80, 0xBF);
    if (!is_pair) return std::nullopt;
    return ((byte_at(bytes, 1) & 0x0FU) << 16) + ((byte_at(bytes, 2) & 0x3FU) << 10) + ((byte_at(bytes, 4) & 0x0FU) << 6) +
           (byte_at(bytes, 5) & 0x3FU) + 0x10000;
}

}  // namespace

std::optional<std::string> SingleByteEncoding::encode(std::u32string_view text) const
{
    std::string bytes;
    bytes.reserve(text.size());
    for (const char32_t character : text) {
        if (character < 0x80 && !(kind == Kind::Sloppy && character == kSubstitute)) {
            bytes.push_back(static_cast<char>(character));
            continue;
        }
        const auto found = std::find(std::begin(upper), std::end(upper), character);
        if (found != std::end(upper)) {
            bytes.push_back(static_cast<char>(0x80 + (found - std::begin(upper))));
        } else if (kind == Kind::Sloppy && character == kReplacement) {
            bytes.push_back(kSubstitute);
        } else {
            return std::nullopt;
        }
    }
    return bytes;
}

char32_t SingleByteEncoding::decode(unsigned char byte) const
{
    if (kind == Kind::Sloppy && byte == kSubstitute) return kReplacement;
    return byte < 0x80 ? byte : upper[byte - 0x80];
}

std::span<const SingleByteEncoding> single_byte_encodings()
{
    return kSingleByteEncodings;
}

char32_t c1_as_windows_1252(char32_t character)
{
    if (character < 0x80 || character > 0x9F) return character;
    return kSingleByteEncodings[1].decode(static_cast<unsigned char>(character));
}

std::optional<std::u32string> decode_utf8_variants(std::string_view bytes)
{
    const auto size = static_cast<std::int64_t>(bytes.size());
    std::u32string text;
    for (std::int64_t i = 0; i < size;) {
        const std::string_view rest = bytes.substr(static_cast<std::size_t>(i));
        if (const auto pair = surrogate_pair(rest)) {
            text.push_back(*pair);
            i += 6;
        } else if (rest.starts_with("\xC0\x80")) {
            text.push_back(U'\0');
            i += 2;
        } else {
            UChar32 character = 0;
            U8_NEXT(bytes.data(), i, size, character);
            if (character < 0) return std::nullopt;
            text.push_back(static_cast<char32_t>(character));
        }
    }
    return text;
}

}  // namespace headroom::text

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace headroom::text {

/// An encoding of ASCII and 128 more characters, as which UTF-8 is read by mistake.
struct SingleByteEncoding {
    enum class Kind {
        Strict,  ///< As Python's codec.
        Sloppy,  ///< Unassigned bytes stand for themselves, and byte 0x1A for U+FFFD, as ftfy's "sloppy" codecs.
    };

    std::string_view name;
    Kind kind;
    char16_t upper[128];  ///< The characters of bytes 0x80 to 0xFF.

    /// The bytes of a text; nothing when it has a character that the encoding lacks.
    std::optional<std::string> encode(std::u32string_view text) const;
    char32_t decode(unsigned char byte) const;
};

/// Latin-1, Windows-1252, 1251, 1250, 1253, 1254, 1257, ISO 8859-2, MacRoman, code page 437: in the order in which ftfy tries
/// them.
std::span<const SingleByteEncoding> single_byte_encodings();

/// A character that Latin-1 takes for a C1 control (U+0080 to U+009F) as Windows-1252 has it; others as they are.
char32_t c1_as_windows_1252(char32_t character);

/// Strict UTF-8, but for surrogate pairs encoded one by one (CESU-8) and NUL in two bytes; nothing when malformed.
std::optional<std::u32string> decode_utf8_variants(std::string_view bytes);

}  // namespace headroom::text

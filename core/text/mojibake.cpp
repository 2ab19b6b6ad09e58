#include "core/text/mojibake.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "core/text/badness.h"
#include "core/text/single_byte_encodings.h"

namespace headroom::text {
namespace {

constexpr std::string_view kReplacementInUtf8 = "\xEF\xBF\xBD";

/// A set of bytes: pairs of a first and a last one, or single ones written twice.
using ByteSet = std::string_view;
/// A sequence of byte sets; unused places are empty.
using BytePattern = std::array<ByteSet, 4>;

bool contains(ByteSet set, char byte)
{
    const auto value = static_cast<unsigned char>(byte);
    for (std::size_t i = 0; i + 1 < set.size(); i += 2) {
        if (value >= static_cast<unsigned char>(set[i]) && value <= static_cast<unsigned char>(set[i + 1])) return true;
    }
    return false;
}

/// How many bytes the first pattern that matches at the start takes; 0 when none does.
std::size_t match_size(std::span<const BytePattern> patterns, std::string_view bytes)
{
    for (const BytePattern& pattern : patterns) {
        std::size_t size = 0;
        while (size < pattern.size() && !pattern[size].empty() && size < bytes.size() && contains(pattern[size], bytes[size]))
            ++size;
        if (size == pattern.size() || pattern[size].empty()) return size;
    }
    return 0;
}

// UTF-8 in which byte A0 became a space (ftfy.chardata.ALTERED_UTF8_RE). 0x85 is left out, since it may have been an ellipsis.
constexpr ByteSet kSpaceByte = "  ";
constexpr ByteSet kAnyContinuation = "\x80\xBF";
constexpr ByteSet kSureContinuation = "\x80\x84\x86\x9F\xA1\xBF";
constexpr BytePattern kAlteredUtf8[] = {
    {"\xC2\xC3\xC5\xC5\xCE\xCE\xD0\xD0\xD9\xD9", kSpaceByte},
    {"\xE2\xE3", kSpaceByte, kSureContinuation},
    {"\xE0\xE3", kSureContinuation, kSpaceByte},
    {"\xF0\xF0", kSpaceByte, kAnyContinuation, kAnyContinuation},
    {"\xF0\xF0", kAnyContinuation, kSpaceByte, kAnyContinuation},
    {"\xF0\xF0", kAnyContinuation, kAnyContinuation, kSpaceByte},
};

// UTF-8 in which bytes were lost to U+FFFD (0x1A here) or once to "?" (ftfy.chardata.LOSSY_UTF8_RE).
constexpr ByteSet kLost = "\x1A\x1A";
constexpr ByteSet kLostOrAsked = "\x1A\x1A??";
constexpr ByteSet kLostOrKept = "\x1A\x1A\x80\xBF";
constexpr BytePattern kLossyUtf8[] = {
    {"\xC2\xDF", kLost},
    {"\xC2\xC3", "??"},
    {"\xE0\xEF", kLostOrAsked, kLostOrKept},
    {"\xE0\xEF", kLostOrKept, kLostOrAsked},
    {"\xF0\xF4", kLostOrAsked, kLostOrKept, kLostOrKept},
    {"\xF0\xF4", kLostOrKept, kLostOrAsked, kLostOrKept},
    {"\xF0\xF4", kLostOrKept, kLostOrKept, kLostOrAsked},
    {kLost},
};

/// Six bytes of two surrogates of which some are lost, which BytePattern is too short for.
bool is_lossy_surrogate_pair(std::string_view bytes)
{
    constexpr ByteSet kAny = "\x1A\x1A??\x80\xBF";
    if (bytes.size() < 6 || bytes[0] != '\xED' || !contains("\xA0\xAF", bytes[1]) || bytes[3] != '\xED' ||
        !contains("\xB0\xBF", bytes[4])) {
        return false;
    }
    return (contains(kLostOrAsked, bytes[2]) && contains(kAny, bytes[5])) ||
           (contains(kAny, bytes[2]) && contains(kLostOrAsked, bytes[5]));
}

/// "Ã " that stands alone was "à " with its space still there, but for Portuguese words that begin with "à".
std::string restore_a_grave(std::string_view bytes)
{
    std::string result;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        result.push_back(bytes[i]);
        if (bytes[i] != '\xC3' || i + 1 == bytes.size() || bytes[i + 1] != ' ') continue;
        const std::string_view after = bytes.substr(i + 2);
        const bool one_word = after.starts_with(' ') || after.starts_with("quele") || after.starts_with("quela") ||
                              after.starts_with("quilo") || after.starts_with("s ");
        if (!one_word) result.push_back('\xA0');
    }
    return result;
}

std::string restore_byte_a0(std::string_view bytes)
{
    const std::string restored = restore_a_grave(bytes);
    std::string result;
    for (std::size_t i = 0; i < restored.size();) {
        const std::size_t size = std::max<std::size_t>(match_size(kAlteredUtf8, std::string_view(restored).substr(i)), 1);
        std::string part = restored.substr(i, size);
        if (size > 1) std::replace(part.begin(), part.end(), ' ', '\xA0');
        result += part;
        i += size;
    }
    return result;
}

bool has_altered_utf8(std::string_view bytes)
{
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (match_size(kAlteredUtf8, bytes.substr(i)) > 0) return true;
    }
    return false;
}

std::string replace_lossy_sequences(std::string_view bytes)
{
    std::string result;
    for (std::size_t i = 0; i < bytes.size();) {
        const std::string_view rest = bytes.substr(i);
        const std::size_t size = is_lossy_surrogate_pair(rest) ? 6 : match_size(kLossyUtf8, rest);
        if (size > 0) {
            result += kReplacementInUtf8;
            i += size;
        } else {
            result.push_back(bytes[i++]);
        }
    }
    return result;
}

std::optional<std::u32string> decode_misread(std::u32string_view text, const SingleByteEncoding& encoding)
{
    std::optional<std::string> bytes = encoding.encode(text);
    if (!bytes) return std::nullopt;
    // In MacRoman it would be an en dash and a space.
    if (encoding.name != "macroman" && has_altered_utf8(*bytes)) bytes = restore_byte_a0(*bytes);
    if (encoding.kind == SingleByteEncoding::Kind::Sloppy) bytes = replace_lossy_sequences(*bytes);
    return decode_utf8_variants(*bytes);
}

/// How many characters at the start look like UTF-8 that was misread (ftfy.chardata.UTF8_DETECTOR_RE).
std::size_t misread_size(std::u32string_view text)
{
    const auto follows = [&](std::size_t at, std::uint32_t first, std::size_t continuations) {
        if (at + continuations >= text.size() || (kinds_of(text[at]) & first) == 0) return false;
        for (std::size_t i = 1; i <= continuations; ++i) {
            if ((kinds_of(text[at + i]) & kUtf8Continuation) == 0) return false;
        }
        return true;
    };
    for (std::size_t size = 0;;) {
        if (follows(size, kUtf8FirstOf2, 1)) {
            size += 2;
        } else if (follows(size, kUtf8FirstOf3, 2)) {
            size += 3;
        } else if (follows(size, kUtf8FirstOf4, 3)) {
            size += 4;
        } else {
            return size;
        }
    }
}

std::u32string fix_parts(std::u32string_view text)
{
    std::u32string result;
    for (std::size_t i = 0; i < text.size();) {
        const bool amid_garble = i > 0 && (kinds_of(text[i - 1]) & kUtf8ContinuationStrict) != 0;
        const std::size_t size = amid_garble ? 0 : misread_size(text.substr(i));
        const std::u32string_view part = text.substr(i, std::max<std::size_t>(size, 1));
        if (size > 0 && size < text.size() && is_bad(part)) {
            result += fix_encoding(part);
        } else {
            result += part;
        }
        i += part.size();
    }
    return result;
}

bool is_ascii(std::u32string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char32_t character) { return character < 0x80; });
}

std::u32string fix_once(std::u32string_view text)
{
    if (is_ascii(text) || !is_bad(text)) return std::u32string(text);
    for (const SingleByteEncoding& encoding : single_byte_encodings()) {
        if (auto fixed = decode_misread(text, encoding)) return *std::move(fixed);
    }
    std::u32string fixed = fix_parts(text);
    if (fixed != text) return fixed;
    std::transform(fixed.begin(), fixed.end(), fixed.begin(), c1_as_windows_1252);
    return fixed;
}

}  // namespace

std::u32string fix_encoding(std::u32string_view text)
{
    std::u32string before;
    std::u32string after(text);
    do {
        before = after;
        after = fix_once(before);
    } while (after != before);
    return after;
}

}  // namespace headroom::text

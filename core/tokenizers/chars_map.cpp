#include "core/tokenizers/chars_map.h"

#include <cstring>

namespace headroom::tokenizers {
namespace {

// A unit of darts-clone: label (bits 0–7), has_leaf (8), offset (10–31, shifted by 8 more when bit 9 is set); or a value with bit
// 31 set.
bool has_leaf(std::uint32_t unit)
{
    return ((unit >> 8) & 1) == 1;
}

std::uint32_t value_of(std::uint32_t unit)
{
    return unit & 0x7fffffffU;
}

std::uint32_t label_of(std::uint32_t unit)
{
    return unit & 0x800000ffU;
}

std::uint32_t offset_of(std::uint32_t unit)
{
    return (unit >> 10) << ((unit & (1U << 9)) >> 6);
}

}  // namespace

Result<CharsMap> CharsMap::parse(std::string_view blob, const std::string& where)
{
    std::uint32_t trie_size = 0;
    if (blob.size() < sizeof trie_size) return fail(ErrorCode::BadModel, "{} is cut off.", where);
    std::memcpy(&trie_size, blob.data(), sizeof trie_size);
    blob.remove_prefix(sizeof trie_size);
    if (trie_size == 0 || trie_size % sizeof(std::uint32_t) != 0 || trie_size > blob.size()) {
        return fail(ErrorCode::BadModel, "{} is damaged: its trie has {} bytes, and {} are left.", where, trie_size, blob.size());
    }
    CharsMap map;
    map.m_units.resize(trie_size / sizeof(std::uint32_t));
    std::memcpy(map.m_units.data(), blob.data(), trie_size);
    map.m_replacements = blob.substr(trie_size);
    return map;
}

std::optional<std::string_view> CharsMap::find(std::string_view text) const
{
    std::uint32_t position = offset_of(m_units[0]);
    for (const unsigned char byte : text) {
        position ^= byte;
        if (byte == 0 || position >= m_units.size() || label_of(m_units[position]) != byte) return std::nullopt;
        const std::uint32_t unit = m_units[position];
        position ^= offset_of(unit);
        if (!has_leaf(unit)) continue;
        if (position >= m_units.size() || value_of(m_units[position]) >= m_replacements.size()) return std::nullopt;
        return std::string_view(m_replacements.c_str() + value_of(m_units[position]));
    }
    return std::nullopt;
}

bool CharsMap::is_sound() const
{
    if (m_replacements.empty() || m_replacements.back() != '\0') return false;
    std::vector<bool> seen(m_units.size());
    std::vector<std::uint32_t> open{0};
    while (!open.empty()) {
        const std::uint32_t node = open.back();
        open.pop_back();
        const std::uint32_t base = node ^ offset_of(m_units[node]);
        if ((base | 0xffU) >= m_units.size()) return false;
        if (has_leaf(m_units[node]) && value_of(m_units[base]) >= m_replacements.size()) return false;
        for (std::uint32_t byte = 1; byte < 256; ++byte) {
            const std::uint32_t child = base ^ byte;
            if (label_of(m_units[child]) != byte || seen[child]) continue;
            seen[child] = true;
            open.push_back(child);
        }
    }
    return true;
}

std::optional<std::string> decode_base64(std::string_view text)
{
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (text.size() % 4 != 0) return std::nullopt;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    int bit_count = 0;
    for (const char character : text) {
        const std::size_t value = kAlphabet.find(character);
        if (value == std::string_view::npos) return std::nullopt;
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        bit_count += 6;
        if (bit_count < 8) continue;
        bit_count -= 8;
        bytes.push_back(static_cast<char>((bits >> bit_count) & 0xff));
    }
    return bytes;
}

}  // namespace headroom::tokenizers

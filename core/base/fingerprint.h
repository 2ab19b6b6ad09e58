#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace headroom {

/// A fingerprint of bytes that are added piece by piece: FNV-1a in 128 bits (http://www.isthe.com/chongo/tech/comp/fnv). For
/// names of cached files and against accidents; not against someone who wants two contents to look alike.
class Fingerprint {
public:
    void add(std::span<const std::byte> bytes);
    /// Adds a text and its end, so that "ab", "c" differs from "a", "bc".
    void add(std::string_view text);

    /// 32 hexadecimal digits.
    std::string hex() const;

private:
    __extension__ using Wide = unsigned __int128;

    static constexpr Wide kOffset = (Wide(0x6c62272e07bb0142) << 64) | 0x62b821756295c58d;
    static constexpr Wide kPrime = (Wide(1) << 88) | 0x13b;

    Wide m_value = kOffset;
};

}  // namespace headroom

#include "core/base/fingerprint.h"

#include <cstdint>

#include <fmt/format.h>

namespace headroom {

void Fingerprint::add(std::span<const std::byte> bytes)
{
    for (const std::byte byte : bytes) m_value = (m_value ^ Wide(std::to_integer<unsigned>(byte))) * kPrime;
}

void Fingerprint::add(std::string_view text)
{
    add(std::as_bytes(std::span(text.data(), text.size())));
    const std::uint64_t length = text.size();
    add(std::as_bytes(std::span(&length, 1)));
}

std::string Fingerprint::hex() const
{
    return fmt::format("{:016x}{:016x}", std::uint64_t(m_value >> 64), std::uint64_t(m_value));
}

}  // namespace headroom

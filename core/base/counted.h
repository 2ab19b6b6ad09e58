#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/core.h>

namespace headroom {

/// "1 frame", "5 frames".
inline std::string counted(std::int64_t number, std::string_view what)
{
    return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

}  // namespace headroom

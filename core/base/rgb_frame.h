#pragma once

#include <cstdint>
#include <vector>

namespace headroom {

/// One picture for a screen or a file: 8-bit RGB, 3 bytes a pixel, rows from the top without padding.
struct RgbFrame {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> pixels;
};

}  // namespace headroom

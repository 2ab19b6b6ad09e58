#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::runtime {

/// What the system says about NVIDIA cards, without loading anything of theirs.
struct NvidiaFacts {
    std::vector<std::string> cards;  ///< As the driver names them; without a driver one "NVIDIA card" for each on the bus.
    std::string driver;              ///< "580.95.05"; empty without a driver.

    bool has_card() const { return !cards.empty(); }
};

/// Reads /proc and /sys below `system_root` ("/" but in tests). Any thread; takes no more than a few small files.
NvidiaFacts find_nvidia(const std::filesystem::path& system_root = "/");

/// Whether a driver's version is at least another, number by number: "580.95.05" ≥ "580.65.06".
bool is_at_least(std::string_view version, std::string_view minimum);

}  // namespace headroom::runtime

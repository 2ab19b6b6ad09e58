#include "core/runtime/nvidia_driver.h"

#include <charconv>
#include <fstream>

namespace headroom::runtime {

namespace fs = std::filesystem;

namespace {

std::string first_line(const fs::path& path)
{
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::string driver_version(const fs::path& root)
{
    if (std::string version = first_line(root / "sys/module/nvidia/version"); !version.empty()) return version;
    // "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.95.05  Tue …"
    const std::string line = first_line(root / "proc/driver/nvidia/version");
    const std::string_view digits = "0123456789.";
    for (std::size_t at = 0; (at = line.find(' ', at)) != std::string::npos; ++at) {
        const std::size_t end = line.find_first_not_of(digits, at + 1);
        const std::string word = line.substr(at + 1, end == std::string::npos ? end : end - at - 1);
        if (word.find('.') != std::string::npos && (end == std::string::npos || line[end] == ' ')) return word;
    }
    return {};
}

std::vector<std::string> named_cards(const fs::path& root)
{
    std::vector<std::string> cards;
    std::error_code error;
    for (fs::directory_iterator it(root / "proc/driver/nvidia/gpus", error), end; !error && it != end; it.increment(error)) {
        std::ifstream file(it->path() / "information");
        for (std::string line; std::getline(file, line);) {
            if (!line.starts_with("Model:")) continue;
            const auto start = line.find_first_not_of(" \t", 6);
            if (start != std::string::npos) cards.push_back(line.substr(start));
        }
    }
    return cards;
}

/// PCI display controllers (class 03) of NVIDIA (vendor 10de).
std::vector<std::string> cards_on_bus(const fs::path& root)
{
    std::vector<std::string> cards;
    std::error_code error;
    for (fs::directory_iterator it(root / "sys/bus/pci/devices", error), end; !error && it != end; it.increment(error)) {
        if (first_line(it->path() / "vendor") == "0x10de" && first_line(it->path() / "class").starts_with("0x03"))
            cards.emplace_back("NVIDIA card");
    }
    return cards;
}

}  // namespace

NvidiaFacts find_nvidia(const fs::path& system_root)
{
    NvidiaFacts facts{.cards = named_cards(system_root), .driver = driver_version(system_root)};
    if (facts.cards.empty()) facts.cards = cards_on_bus(system_root);
    return facts;
}

bool is_at_least(std::string_view version, std::string_view minimum)
{
    while (!minimum.empty()) {
        int have = 0;
        int least = 0;
        const auto have_end = std::from_chars(version.data(), version.data() + version.size(), have).ptr;
        const auto least_end = std::from_chars(minimum.data(), minimum.data() + minimum.size(), least).ptr;
        if (have != least) return have > least;
        version.remove_prefix(std::size_t(have_end - version.data()));
        minimum.remove_prefix(std::size_t(least_end - minimum.data()));
        if (!version.empty()) version.remove_prefix(1);
        if (!minimum.empty()) minimum.remove_prefix(1);
    }
    return true;
}

}  // namespace headroom::runtime

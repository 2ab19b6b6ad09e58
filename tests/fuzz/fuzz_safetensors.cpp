// libFuzzer target: any bytes as a safetensors file. What is accepted must keep the promises of SafetensorsFile, and what is
// refused must be refused in one sentence.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>

#include <unistd.h>

#include "core/files/safetensors_file.h"
#include "core/files/safetensors_writer.h"

using namespace headroom;
using namespace headroom::files;

namespace {

void demand(bool holds)
{
    if (!holds) std::abort();
}

void check_refusal(const Error& error)
{
    demand(error.code == ErrorCode::BadModel && !error.message.empty() && error.message.size() < 4000);
    for (const char letter : error.message) demand(static_cast<unsigned char>(letter) >= 0x20);
}

/// Touches every byte, so that the sanitizers see a span that leaves the file.
unsigned sum(std::span<const std::byte> bytes)
{
    return std::accumulate(bytes.begin(), bytes.end(), 0U, [](unsigned total, std::byte byte) { return total + unsigned(byte); });
}

void check_accepted(const SafetensorsFile& file, const std::filesystem::path& copy_path)
{
    const std::byte* previous_end = nullptr;
    for (const TensorEntry& entry : file.entries()) {
        demand(file.find(entry.name) == &entry && file.holds(entry));
        demand(entry.bytes.data() >= previous_end);
        previous_end = entry.bytes.data() + entry.bytes.size();
        volatile unsigned read = sum(entry.bytes);
        static_cast<void>(read);
        file.will_need(entry);
        file.dont_need(entry);
    }
    demand(write_safetensors(copy_path, file.entries(), file.metadata()).has_value());
    const auto copy = SafetensorsFile::open(copy_path);
    demand(copy.has_value() && copy->entries().size() == file.entries().size() && copy->metadata() == file.metadata());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const auto path =
        std::filesystem::temp_directory_path() / ("headroom-fuzz-" + std::to_string(::getpid()) + ".safetensors");
    static const auto copy_path = std::filesystem::path(path.string() + ".copy");
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(data), std::streamsize(size));
    const auto file = SafetensorsFile::open(path);
    if (file) {
        check_accepted(*file, copy_path);
    } else {
        check_refusal(file.error());
    }
    std::filesystem::remove(path);
    std::filesystem::remove(copy_path);
    return 0;
}

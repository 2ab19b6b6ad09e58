#include "core/engine/cpu_dtype.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <string>

#include <ATen/ops/conv2d.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <nlohmann/json.hpp>

#include "core/tensor/dtype.h"

namespace headroom {

namespace {

constexpr double kClearlyFaster = 0.8;
constexpr int kRepeats = 3;

std::string processor_name()
{
    std::ifstream cpuinfo("/proc/cpuinfo");
    for (std::string line; std::getline(cpuinfo, line);) {
        if (line.starts_with("model name")) return line.substr(line.find(':') + 1);
    }
    return "unknown";
}

double shortest_seconds(const std::function<void()>& action)
{
    action();  // the first call pays for kernel selection
    double shortest = 1e9;
    for (int repeat = 0; repeat < kRepeats; ++repeat) {
        const auto start = std::chrono::steady_clock::now();
        action();
        shortest = std::min(shortest, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return shortest;
}

struct Rates {
    double matmul_seconds;
    double conv_seconds;
};

Rates measure(at::ScalarType dtype)
{
    const auto options = at::TensorOptions().dtype(dtype);
    const auto left = at::ones({256, 256}, options);
    const auto image = at::ones({1, 16, 64, 64}, options);
    const auto kernel = at::ones({16, 16, 3, 3}, options);
    return {shortest_seconds([&] { at::matmul(left, left); }),
            shortest_seconds([&] { at::conv2d(image, kernel, {}, at::IntArrayRef{1, 1}, at::IntArrayRef{1, 1}); })};
}

}  // namespace

at::ScalarType fastest_cpu_dtype(const std::filesystem::path& state_dir)
{
    const auto path = state_dir / "cpu_dtype.json";
    const std::string processor = processor_name();
    std::ifstream stored(path);
    const auto known = nlohmann::json::parse(stored, nullptr, /*allow_exceptions=*/false);
    if (known.is_object() && known.value("processor", "") == processor) {
        if (const auto dtype = parse_dtype(known.value("dtype", ""))) return *dtype;
    }

    const Rates single = measure(at::kFloat);
    const Rates half = measure(at::kBFloat16);
    const bool faster = half.matmul_seconds < kClearlyFaster * single.matmul_seconds &&
                        half.conv_seconds < kClearlyFaster * single.conv_seconds;
    const at::ScalarType dtype = faster ? at::kBFloat16 : at::kFloat;

    std::error_code ignored;
    std::filesystem::create_directories(state_dir, ignored);
    std::ofstream(path) << nlohmann::json{{"processor", processor}, {"dtype", dtype_name(dtype)}}.dump(2) << '\n';
    return dtype;
}

}  // namespace headroom

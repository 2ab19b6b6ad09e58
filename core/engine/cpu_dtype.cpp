#include "core/engine/cpu_dtype.h"

#include <string>

#include <ATen/ops/conv2d.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <nlohmann/json.hpp>

#include "core/engine/measuring.h"
#include "core/engine/state_file.h"
#include "core/tensor/dtype.h"

namespace headroom {

namespace {

constexpr double kClearlyFaster = 0.8;

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
    return {shortest_seconds([&] { at::matmul(left, left); }), shortest_seconds([&] {
                at::conv2d(image, kernel, {}, at::IntArrayRef{1, 1}, at::IntArrayRef{1, 1});
            })};
}

}  // namespace

at::ScalarType fastest_cpu_dtype(const std::filesystem::path& state_dir)
{
    const auto path = state_dir / "cpu_dtype.json";
    const std::string processor = processor_name();
    const nlohmann::json known = read_state(path);
    if (text_of(known, "processor") == processor) {
        if (const auto dtype = parse_dtype(text_of(known, "dtype").value_or(""))) return *dtype;
    }

    const Rates single = measure(at::kFloat);
    const Rates half = measure(at::kBFloat16);
    const bool faster =
        half.matmul_seconds < kClearlyFaster * single.matmul_seconds && half.conv_seconds < kClearlyFaster * single.conv_seconds;
    const at::ScalarType dtype = faster ? at::kBFloat16 : at::kFloat;

    write_state(path, {{"processor", processor}, {"dtype", dtype_name(dtype)}});
    return dtype;
}

}  // namespace headroom

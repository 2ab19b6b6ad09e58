#include "core/nn/product_workspace.h"

#include <map>
#include <mutex>
#include <tuple>

#include <ATen/Parallel.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>

#include "core/tensor/host_memory.h"
#include "core/tensor/tensor.h"

namespace headroom::nn {

namespace {

// What is computed to be measured: 4 GFLOP, operands and result of 32 MiB together.
constexpr double kMostProducts = 2e9;
constexpr std::int64_t kMostNumbers = 16 << 20;

// The most that one thread took in products of 1 to 4000 rows, 64 to 4096 inputs and 64 to 4096 outputs (LibTorch 2.11, AVX-512
// and AMX): 0.9 MB in bfloat16, 2.4 MB in float16.
constexpr std::int64_t kMostBytesOfBFloat16 = 1 << 20;
constexpr std::int64_t kMostBytesOfHalf = 5 << 19;

bool is_soon_computed(const ProductShape& shape)
{
    const bool is_quick = double(shape.rows) * double(shape.in) * double(shape.out) <= kMostProducts;
    return is_quick && shape.rows * shape.in + shape.in * shape.out + shape.rows * shape.out <= kMostNumbers;
}

std::int64_t measured_bytes(const ProductShape& shape, c10::ScalarType dtype)
{
    HostMemory::start_counting();
    HostMemoryProbe probe;
    const Tensor x = at::zeros({shape.rows, shape.in}, dtype);
    const Tensor weight = at::zeros({shape.out, shape.in}, dtype);
    const Tensor bias = shape.has_bias ? at::zeros({shape.out}, dtype) : Tensor();
    probe.restart_peak();
    const std::int64_t before_bytes = probe.peak_bytes();
    const Tensor product = shape.has_bias ? at::linear(x, weight, bias) : at::linear(x, weight);
    return probe.peak_bytes() - before_bytes - std::int64_t(product.nbytes());
}

}  // namespace

std::int64_t product_workspace_bytes(const ProductShape& shape, c10::ScalarType dtype)
{
    if (dtype != c10::ScalarType::BFloat16 && dtype != c10::ScalarType::Half) return 0;
    const int threads = at::get_num_threads();
    if (!is_soon_computed(shape)) return threads * (dtype == c10::ScalarType::Half ? kMostBytesOfHalf : kMostBytesOfBFloat16);

    static std::mutex mutex;
    static std::map<std::tuple<ProductShape, c10::ScalarType, int>, std::int64_t> known;
    const std::scoped_lock lock(mutex);
    const auto [found, is_new] = known.try_emplace({shape, dtype, threads}, 0);
    if (is_new) found->second = measured_bytes(shape, dtype);
    return found->second;
}

}  // namespace headroom::nn

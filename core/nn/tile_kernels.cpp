#include "core/nn/tile_kernels.h"

namespace headroom::nn {

bool computes_in_tiles(c10::ScalarType dtype)
{
#if defined(__x86_64__) && defined(__GNUC__)
    static const bool has_tiles = __builtin_cpu_supports("amx-bf16");
#else
    constexpr bool has_tiles = false;
#endif
    return has_tiles && dtype == c10::ScalarType::BFloat16;
}

// Measured with LibTorch 2.11 for 16 shapes from 16 × 16 to 12288 × 3072, 1 to 9000 rows, 1 and 2 threads: each thread packs 64 columns of the
// weight; from 1024 inputs on oneDNN cuts these and sums the parts in float32, in blocks whose sizes follow no simple rule.
std::int64_t tile_product_bytes(std::int64_t in, std::int64_t threads)
{
    constexpr std::int64_t kColumns = 64, kBytesOfNumber = 2, kConstant = 6144, kMostWhole = 512, kMostInParts = 672 << 10;
    const std::int64_t padded = (in + 63) / 64 * 64;
    return threads * (in <= kMostWhole ? kConstant + kColumns * kBytesOfNumber * padded : kMostInParts);
}

}  // namespace headroom::nn

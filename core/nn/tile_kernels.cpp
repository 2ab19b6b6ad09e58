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

}  // namespace headroom::nn

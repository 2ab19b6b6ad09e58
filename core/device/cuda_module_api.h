#pragma once

#include <cstdint>

namespace headroom {

/// What a CUDA device has and uses; sizes as the driver and LibTorch's caching allocator report them.
struct CudaDeviceFacts {
    char name[256] = {};
    int compute_major = 0;
    int compute_minor = 0;
    std::int64_t total_bytes = 0;
    std::int64_t free_bytes = 0;       ///< Free on the card now, for every process.
    std::int64_t allocated_bytes = 0;  ///< Held by this process's tensors.
    std::int64_t peak_bytes = 0;       ///< Largest allocated_bytes since the last restart_peak.
};

/// The functions of the loadable CUDA module. A table of plain functions: the program is built without CUDA headers and finds
/// the module at run time. Functions that can fail return nullptr when all is well, else a sentence that stays valid until the next call.
struct CudaModuleApi {
    int version = 0;  ///< kCudaModuleVersion of the headers it was built with.
    int (*device_count)() = nullptr;
    const char* (*describe)(int index, CudaDeviceFacts* facts) = nullptr;
    const char* (*restart_peak)(int index) = nullptr;
    const char* (*release_cached)() = nullptr;  ///< Gives unused blocks of the caching allocator back to the card.
};

inline constexpr int kCudaModuleVersion = 1;
/// The module's one exported function: `const CudaModuleApi* headroom_cuda_module()`.
inline constexpr const char* kCudaModuleEntry = "headroom_cuda_module";

}  // namespace headroom

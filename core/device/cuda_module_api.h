#pragma once

#include <cstdint>

namespace headroom {

/// What a CUDA device has and uses; sizes as the driver and LibTorch's caching allocator report them.
struct CudaDeviceFacts {
    char name[256] = {};
    int compute_major = 0;
    int compute_minor = 0;
    std::int64_t total_bytes = 0;
    std::int64_t free_bytes = 0;           ///< Free on the card now, for every process.
    std::int64_t tensor_bytes = 0;         ///< Held by this process's tensors, as they asked for them.
    std::int64_t tensor_peak_bytes = 0;    ///< Largest tensor_bytes since the last restart_peak.
    std::int64_t reserved_bytes = 0;       ///< What the caching allocator holds of the card, for tensors that are and may come.
    std::int64_t reserved_peak_bytes = 0;  ///< Largest reserved_bytes since the last restart_peak.
    /// What this process holds besides: its CUDA context with the kernels loaded by now. Where the driver's library can't tell of
    /// one process, what making the context took; 0 where it tells nothing.
    std::int64_t context_bytes = 0;
};

/// Pinned host memory that numbers pass through on their way to the card, and the stream that takes them there. Opaque.
struct CudaStaging;

/// A pinned buffer that is free to be written.
struct CudaStagingBuffer {
    void* bytes = nullptr;
    std::int64_t size_bytes = 0;
    int index = 0;
};

/// The functions of the loadable CUDA module. A table of plain functions: the program is built without CUDA headers and finds
/// the module at run time. Functions that can fail return nullptr when all is well, else a sentence that stays valid until the
/// calling thread's next call.
struct CudaModuleApi {
    int version = 0;  ///< kCudaModuleVersion of the headers it was built with.
    int (*device_count)() = nullptr;
    const char* (*describe)(int index, CudaDeviceFacts* facts) = nullptr;
    const char* (*restart_peak)(int index) = nullptr;
    const char* (*release_cached)() = nullptr;  ///< Gives unused blocks of the caching allocator back to the card.
    /// What the caching allocator may take of the card at most, in whole pages; 0: all of it. Beyond it an allocation throws
    /// c10::OutOfMemoryError.
    const char* (*limit_memory)(int index, std::int64_t limit_bytes) = nullptr;

    // Staging, as DeviceCopies (core/tensor/device_copies.h) explains lanes. Calls for one staging may come from several threads,
    // but between staging_buffer and staging_send the caller keeps others out.
    const char* (*staging_open)(int index, int lanes, CudaStaging** staging) = nullptr;
    void (*staging_close)(CudaStaging* staging) = nullptr;  ///< Waits until nothing is under way.
    const char* (*staging_begin_fill)(CudaStaging* staging, int lane) = nullptr;
    /// The next buffer, once what it was last sent with has left it.
    const char* (*staging_buffer)(CudaStaging* staging, CudaStagingBuffer* buffer) = nullptr;
    /// Queues the first bytes of the buffer to be copied to the card.
    const char* (*staging_send)(CudaStaging* staging, const CudaStagingBuffer* buffer, std::int64_t size_bytes,
                                void* target) = nullptr;
    const char* (*staging_end_fill)(CudaStaging* staging, int lane) = nullptr;
    const char* (*staging_wait_until_filled)(CudaStaging* staging, int lane) = nullptr;
    const char* (*staging_release)(CudaStaging* staging, int lane) = nullptr;
};

/// The allocator takes memory of the card in pages of this size: the smallest that LibTorch allows, rounded up.
inline constexpr std::int64_t kCudaPageBytes = 12 << 20;

inline constexpr int kCudaModuleVersion = 3;
/// The module's one exported function: `const CudaModuleApi* headroom_cuda_module()`.
inline constexpr const char* kCudaModuleEntry = "headroom_cuda_module";

}  // namespace headroom

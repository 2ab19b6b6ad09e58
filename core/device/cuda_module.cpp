// The loadable module: everything that needs CUDA headers. Loaded after libtorch_cuda, whose loading registers LibTorch's CUDA
// back end.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>

#include <c10/core/AllocatorConfig.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <cuda_runtime_api.h>
#include <dlfcn.h>

#include "core/device/cuda_guarded.h"
#include "core/device/cuda_module_api.h"
#include "core/device/cuda_staging.h"
#include "core/device/driver_memory.h"

namespace headroom {

namespace {

/// What making the context of a device took, measured at the first call for it, which makes the context.
std::int64_t new_context_bytes(int index)
{
    static std::mutex mutex;
    static std::map<int, std::int64_t> measured;
    const std::lock_guard lock(mutex);
    if (const auto found = measured.find(index); found != measured.end()) return found->second;
    const auto before = used_device_bytes(index);
    const c10::cuda::CUDAGuard guard(static_cast<c10::DeviceIndex>(index));
    C10_CUDA_CHECK(cudaFree(nullptr));
    const auto after = used_device_bytes(index);
    const std::int64_t taken = before && after ? std::max<std::int64_t>(0, *after - *before) : 0;
    measured.emplace(index, taken);
    return taken;
}

/// What this process holds besides the allocator's memory. It grows with the kernels that are loaded, which only some drivers
/// tell.
std::int64_t context_bytes(int index, std::int64_t reserved_bytes)
{
    const std::int64_t new_bytes = new_context_bytes(index);
    return std::max(new_bytes, process_device_bytes(index).value_or(0) - reserved_bytes);
}

/// Whether the driver maps memory to addresses page by page on every card; some virtual ones don't.
bool every_card_maps_pages()
{
    constexpr int kVirtualMemoryManagement = 102;  // CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED
    void* driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    const auto attribute_of = driver ? reinterpret_cast<int (*)(int*, int, int)>(dlsym(driver, "cuDeviceGetAttribute")) : nullptr;
    if (!attribute_of) return false;
    for (int index = 0; index < c10::cuda::device_count(); ++index) {  // which also makes the driver ready
        int is_supported = 0;
        if (attribute_of(&is_supported, kVirtualMemoryManagement, index) != 0 || is_supported == 0) return false;
    }
    return true;
}

/// Before anything is allocated: the allocator maps memory page by page to one range of addresses and takes pages back that
/// nothing lies on. With segments of their own, free pieces between live ones can't serve a larger tensor: a Wan decode held 1.3
/// to 1.5 times what its tensors took.
void let_segments_grow()
{
    if (!std::getenv("PYTORCH_ALLOC_CONF") && !std::getenv("PYTORCH_CUDA_ALLOC_CONF") && every_card_maps_pages()) {
        c10::CachingAllocator::setAllocatorSettings("expandable_segments:True,large_segment_size_mb:" +
                                                    std::to_string(kCudaPageBytes >> 20));
    }
}

int device_count()
{
    return c10::cuda::device_count();
}

const char* describe(int index, CudaDeviceFacts* facts)
{
    return guarded([&] {
        new_context_bytes(index);
        const c10::cuda::CUDAGuard guard(static_cast<c10::DeviceIndex>(index));
        cudaDeviceProp properties{};
        C10_CUDA_CHECK(cudaGetDeviceProperties(&properties, index));
        std::string(properties.name).copy(facts->name, sizeof facts->name - 1);
        facts->compute_major = properties.major;
        facts->compute_minor = properties.minor;
        std::size_t free_bytes = 0;
        std::size_t total_bytes = 0;
        C10_CUDA_CHECK(cudaMemGetInfo(&free_bytes, &total_bytes));
        facts->free_bytes = std::int64_t(free_bytes);
        facts->total_bytes = std::int64_t(total_bytes);
        auto* allocator = c10::cuda::CUDACachingAllocator::get();
        if (!allocator->initialized()) allocator->init(c10::cuda::device_count());
        const auto stats = allocator->getDeviceStats(static_cast<c10::DeviceIndex>(index));
        constexpr auto kAll = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
        facts->tensor_bytes = stats.requested_bytes[kAll].current;
        facts->tensor_peak_bytes = stats.requested_bytes[kAll].peak;
        facts->reserved_bytes = stats.reserved_bytes[kAll].current;
        facts->reserved_peak_bytes = stats.reserved_bytes[kAll].peak;
        facts->context_bytes = context_bytes(index, facts->reserved_bytes);
    });
}

const char* restart_peak(int index)
{
    return guarded([&] { c10::cuda::CUDACachingAllocator::resetPeakStats(static_cast<c10::DeviceIndex>(index)); });
}

const char* release_cached()
{
    return guarded([] { c10::cuda::CUDACachingAllocator::emptyCache(); });
}

const char* limit_memory(int index, std::int64_t limit_bytes)
{
    return guarded([&] {
        const auto device = static_cast<c10::DeviceIndex>(index);
        const c10::cuda::CUDAGuard guard(device);
        std::size_t free_bytes = 0;
        std::size_t total_bytes = 0;
        C10_CUDA_CHECK(cudaMemGetInfo(&free_bytes, &total_bytes));
        // The allocator compares what is asked for and then takes whole pages.
        const std::int64_t kept_bytes = std::max<std::int64_t>(1, limit_bytes - kCudaPageBytes);
        const double fraction = limit_bytes == 0 ? 1.0 : std::min(1.0, double(kept_bytes) / double(total_bytes));
        c10::cuda::CUDACachingAllocator::setMemoryFraction(fraction, device);
    });
}

const char* staging_open(int index, int lanes, CudaStaging** staging)
{
    return guarded([&] { *staging = new CudaStaging(index, lanes); });
}

void staging_close(CudaStaging* staging)
{
    delete staging;
}

const char* staging_begin_fill(CudaStaging* staging, int lane)
{
    return guarded([&] { staging->begin_fill(lane); });
}

const char* staging_buffer(CudaStaging* staging, CudaStagingBuffer* buffer)
{
    return guarded([&] { *buffer = staging->buffer(); });
}

const char* staging_send(CudaStaging* staging, const CudaStagingBuffer* buffer, std::int64_t size_bytes, void* target)
{
    return guarded([&] { staging->send(*buffer, size_bytes, target); });
}

const char* staging_end_fill(CudaStaging* staging, int lane)
{
    return guarded([&] { staging->end_fill(lane); });
}

const char* staging_wait_until_filled(CudaStaging* staging, int lane)
{
    return guarded([&] { staging->wait_until_filled(lane); });
}

const char* staging_release(CudaStaging* staging, int lane)
{
    return guarded([&] { staging->release(lane); });
}

}  // namespace

}  // namespace headroom

extern "C" __attribute__((visibility("default"))) const headroom::CudaModuleApi* headroom_cuda_module()
{
    static const headroom::CudaModuleApi api = {
        .version = headroom::kCudaModuleVersion,
        .device_count = &headroom::device_count,
        .describe = &headroom::describe,
        .restart_peak = &headroom::restart_peak,
        .release_cached = &headroom::release_cached,
        .limit_memory = &headroom::limit_memory,
        .staging_open = &headroom::staging_open,
        .staging_close = &headroom::staging_close,
        .staging_begin_fill = &headroom::staging_begin_fill,
        .staging_buffer = &headroom::staging_buffer,
        .staging_send = &headroom::staging_send,
        .staging_end_fill = &headroom::staging_end_fill,
        .staging_wait_until_filled = &headroom::staging_wait_until_filled,
        .staging_release = &headroom::staging_release,
    };
    static const char* const failure = headroom::guarded(&headroom::let_segments_grow);
    return failure ? nullptr : &api;
}

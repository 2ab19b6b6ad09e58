// The loadable module: everything that needs CUDA headers. Loaded after libtorch_cuda, whose loading registers LibTorch's CUDA back end.
#include <exception>
#include <string>

#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <cuda_runtime_api.h>

#include "core/device/cuda_module_api.h"

namespace headroom {

namespace {

/// Runs `action`; what it throws becomes the sentence that the table's functions return.
template <typename Action>
const char* guarded(Action&& action)
{
    thread_local std::string sentence;
    try {
        action();
        return nullptr;
    } catch (const std::exception& exception) {
        sentence = exception.what();
        return sentence.c_str();
    }
}

int device_count()
{
    return c10::cuda::device_count();
}

const char* describe(int index, CudaDeviceFacts* facts)
{
    return guarded([&] {
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
        facts->allocated_bytes = stats.allocated_bytes[kAll].current;
        facts->peak_bytes = stats.allocated_bytes[kAll].peak;
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

}  // namespace

}  // namespace headroom

extern "C" __attribute__((visibility("default"))) const headroom::CudaModuleApi* headroom_cuda_module()
{
    static const headroom::CudaModuleApi api = {headroom::kCudaModuleVersion, &headroom::device_count, &headroom::describe,
                                                &headroom::restart_peak, &headroom::release_cached};
    return &api;
}

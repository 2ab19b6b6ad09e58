#include "core/device/driver_memory.h"

#include <array>

#include <cuda_runtime_api.h>
#include <dlfcn.h>

namespace headroom {

namespace {

// The three functions of NVML that are needed, as nvml.h declares them: it is not part of what the module is built with.
struct NvmlMemory {
    unsigned long long total_bytes = 0;
    unsigned long long free_bytes = 0;
    unsigned long long used_bytes = 0;
};
using NvmlDevice = void*;
constexpr int kNvmlSuccess = 0;

struct Nvml {
    int (*init)() = nullptr;
    int (*device_by_bus)(const char*, NvmlDevice*) = nullptr;
    int (*memory)(NvmlDevice, NvmlMemory*) = nullptr;
};

template <typename Function>
bool find(void* library, const char* name, Function& function)
{
    function = reinterpret_cast<Function>(dlsym(library, name));
    return function != nullptr;
}

/// Never unloaded, as the driver itself.
std::optional<Nvml> load_nvml()
{
    void* library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    Nvml nvml;
    if (!library || !find(library, "nvmlInit_v2", nvml.init) || !find(library, "nvmlDeviceGetHandleByPciBusId_v2", nvml.device_by_bus) ||
        !find(library, "nvmlDeviceGetMemoryInfo", nvml.memory) || nvml.init() != kNvmlSuccess) {
        return std::nullopt;
    }
    return nvml;
}

}  // namespace

std::optional<std::int64_t> used_device_bytes(int device_index)
{
    static const std::optional<Nvml> nvml = load_nvml();
    std::array<char, 32> bus{};
    if (!nvml || cudaDeviceGetPCIBusId(bus.data(), int(bus.size()), device_index) != cudaSuccess) return std::nullopt;
    NvmlDevice device = nullptr;
    NvmlMemory memory;
    if (nvml->device_by_bus(bus.data(), &device) != kNvmlSuccess || nvml->memory(device, &memory) != kNvmlSuccess) return std::nullopt;
    return std::int64_t(memory.used_bytes);
}

}  // namespace headroom

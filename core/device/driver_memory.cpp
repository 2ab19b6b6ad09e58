#include "core/device/driver_memory.h"

#include <array>
#include <limits>

#include <cuda_runtime_api.h>
#include <dlfcn.h>
#include <unistd.h>

namespace headroom {

namespace {

// The functions of NVML that are needed, as nvml.h declares them: it is not part of what the module is built with.
struct NvmlMemory {
    unsigned long long total_bytes = 0;
    unsigned long long free_bytes = 0;
    unsigned long long used_bytes = 0;
};
struct NvmlProcess {
    unsigned int id = 0;
    unsigned long long used_bytes = 0;  // all ones where it is unknown
    unsigned int gpu_instance = 0;
    unsigned int compute_instance = 0;
};
using NvmlDevice = void*;
constexpr int kNvmlSuccess = 0;

struct Nvml {
    int (*init)() = nullptr;
    int (*device_by_bus)(const char*, NvmlDevice*) = nullptr;
    int (*memory)(NvmlDevice, NvmlMemory*) = nullptr;
    int (*processes)(NvmlDevice, unsigned int*, NvmlProcess*) = nullptr;
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
    if (!library || !find(library, "nvmlInit_v2", nvml.init) ||
        !find(library, "nvmlDeviceGetHandleByPciBusId_v2", nvml.device_by_bus) ||
        !find(library, "nvmlDeviceGetMemoryInfo", nvml.memory) ||
        !find(library, "nvmlDeviceGetComputeRunningProcesses_v3", nvml.processes) || nvml.init() != kNvmlSuccess) {
        return std::nullopt;
    }
    return nvml;
}

const std::optional<Nvml>& management()
{
    static const std::optional<Nvml> nvml = load_nvml();
    return nvml;
}

std::optional<NvmlDevice> find_device(int device_index)
{
    std::array<char, 32> bus{};
    NvmlDevice device = nullptr;
    if (!management() || cudaDeviceGetPCIBusId(bus.data(), int(bus.size()), device_index) != cudaSuccess) return std::nullopt;
    if (management()->device_by_bus(bus.data(), &device) != kNvmlSuccess) return std::nullopt;
    return device;
}

}  // namespace

std::optional<std::int64_t> used_device_bytes(int device_index)
{
    const auto device = find_device(device_index);
    NvmlMemory memory;
    if (!device || management()->memory(*device, &memory) != kNvmlSuccess) return std::nullopt;
    return std::int64_t(memory.used_bytes);
}

std::optional<std::int64_t> process_device_bytes(int device_index)
{
    const auto device = find_device(device_index);
    std::array<NvmlProcess, 256> processes;
    auto count = static_cast<unsigned int>(processes.size());
    if (!device || management()->processes(*device, &count, processes.data()) != kNvmlSuccess) return std::nullopt;
    for (unsigned int i = 0; i < count; ++i) {
        if (processes[i].id != static_cast<unsigned int>(getpid())) continue;
        if (processes[i].used_bytes == std::numeric_limits<unsigned long long>::max()) return std::nullopt;
        return std::int64_t(processes[i].used_bytes);
    }
    return std::nullopt;
}

}  // namespace headroom

#include "core/device/devices.h"

#include <charconv>
#include <fstream>
#include <utility>

#include <unistd.h>

#include "core/base/byte_size.h"
#include "core/device/cuda_copies.h"
#include "core/device/cuda_module_loader.h"
#include "core/tensor/host_memory.h"

namespace headroom {

namespace {

constexpr std::string_view kCudaPrefix = "cuda:";
constexpr int kOldestCapability = 75;  // of CUDA 13, for which LibTorch's kernels are built

std::int64_t available_host_bytes()
{
    std::ifstream meminfo("/proc/meminfo");
    std::string key;
    std::int64_t size_kib = 0;
    for (std::string unit; meminfo >> key >> size_kib; std::getline(meminfo, unit)) {
        if (key == "MemAvailable:") return size_kib * 1024;
    }
    return std::int64_t(sysconf(_SC_AVPHYS_PAGES)) * sysconf(_SC_PAGESIZE);
}

/// N of "cuda:N"; -1 for another name.
int cuda_index(const std::string& name)
{
    int index = -1;
    if (!name.starts_with(kCudaPrefix)) return -1;
    const char* end = name.data() + name.size();
    return std::from_chars(name.data() + kCudaPrefix.size(), end, index).ptr == end ? index : -1;
}

DeviceInfo cpu_info()
{
    DeviceInfo info;
    info.name = "cpu";
    info.description = "CPU";
    info.total_bytes = std::int64_t(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
    info.free_bytes = available_host_bytes();
    info.own_bytes = HostMemory::live_bytes();
    return info;
}

Result<DeviceInfo> cuda_info(const CudaModuleApi& api, int index)
{
    CudaDeviceFacts facts;
    if (const char* sentence = api.describe(index, &facts)) {
        return fail(ErrorCode::Device, "The device cuda:{} can't be used: {}", index, sentence);
    }
    const int capability = 10 * facts.compute_major + facts.compute_minor;
    if (capability < kOldestCapability) {
        return fail(ErrorCode::Device,
                    "The device cuda:{} can't be used: {} has compute capability {}.{}, and CUDA 13 needs 7.5 (GeForce GTX 16, "
                    "RTX 20 or newer). Use --device cpu",
                    index, facts.name, facts.compute_major, facts.compute_minor);
    }
    DeviceInfo info;
    info.name = fmt::format("cuda:{}", index);
    info.compute_capability = capability;
    info.description = facts.name;
    info.device = at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(index));
    info.total_bytes = facts.total_bytes;
    info.free_bytes = facts.free_bytes;
    info.own_bytes = facts.reserved_bytes;
    info.context_bytes = facts.context_bytes;
    return info;
}

}  // namespace

Result<void> check_device_name(const std::string& name)
{
    if (name == "auto" || name == "cpu" || cuda_index(name) >= 0) return {};
    return fail(ErrorCode::Usage, "'{}' is not a device: give auto, cpu or cuda:N", name);
}

Devices::Devices(std::filesystem::path modules_dir, std::filesystem::path gpu_runtime_dir)
    : m_cuda(std::make_unique<CudaModule>(std::move(modules_dir), std::move(gpu_runtime_dir)))
{
    HostMemory::start_counting();
}

Devices::~Devices() = default;

std::vector<DeviceInfo> Devices::list() const
{
    std::vector<DeviceInfo> devices;
    if (const CudaModuleApi* api = m_cuda->api()) {
        for (int index = 0; index < api->device_count(); ++index) {
            if (auto info = cuda_info(*api, index)) devices.push_back(*std::move(info));
        }
    }
    devices.push_back(cpu_info());
    return devices;
}

Result<DeviceInfo> Devices::find(const std::string& name) const
{
    if (name == "cpu") return cpu_info();
    if (name == "auto") return list().front();
    TRY(check_device_name(name));
    const int index = cuda_index(name);
    const CudaModuleApi* api = m_cuda->api();
    if (!api) return fail(ErrorCode::Device, "The device {} is not there: {}. Use --device cpu", name, m_cuda->reason());
    if (index >= api->device_count()) {
        return fail(ErrorCode::Device, "The device {} is not there: this machine has {} CUDA device(s), counted from cuda:0",
                    name, api->device_count());
    }
    return cuda_info(*api, index);
}

std::int64_t Devices::peak_bytes(at::Device device) const
{
    const CudaModuleApi* api = device.is_cuda() ? m_cuda->api() : nullptr;
    if (!api) return HostMemory::peak_bytes();
    CudaDeviceFacts facts;
    return api->describe(device.index(), &facts) ? 0 : facts.context_bytes + facts.reserved_peak_bytes;
}

std::int64_t Devices::tensor_peak_bytes(at::Device device) const
{
    const CudaModuleApi* api = device.is_cuda() ? m_cuda->api() : nullptr;
    if (!api) return HostMemory::peak_bytes();
    CudaDeviceFacts facts;
    return api->describe(device.index(), &facts) ? 0 : facts.tensor_peak_bytes;
}

void Devices::restart_peak(at::Device device) const
{
    if (device.is_cuda() && m_cuda->api()) {
        m_cuda->api()->restart_peak(device.index());
    } else {
        HostMemory::restart_peak();
    }
}

void Devices::release_cached(at::Device device) const
{
    if (device.is_cuda() && m_cuda->api()) m_cuda->api()->release_cached();
}

Result<void> Devices::set_limit(at::Device device, std::int64_t budget_bytes, std::int64_t context_bytes) const
{
    const CudaModuleApi* api = device.is_cuda() ? m_cuda->api() : nullptr;
    if (!api) {
        HostMemory::set_limit(budget_bytes);
        return {};
    }
    const DeviceInfo info = TRY(cuda_info(*api, device.index()));
    const std::int64_t taken_bytes = std::max(info.context_bytes, context_bytes);
    const std::int64_t tensor_bytes = budget_bytes - taken_bytes;
    if (budget_bytes > 0 && tensor_bytes <= 0) {
        return fail(ErrorCode::DoesNotFit, "The budget of {} is smaller than the {} that CUDA itself takes on {}",
                    format_byte_size(budget_bytes), format_byte_size(taken_bytes), info.name);
    }
    if (const char* sentence = api->limit_memory(device.index(), budget_bytes > 0 ? tensor_bytes : 0)) {
        return fail(ErrorCode::Device, "The memory of {} can't be limited: {}", info.name, sentence);
    }
    return {};
}

MakeDeviceCopies Devices::copies_to(at::Device device) const
{
    const CudaModuleApi* api = device.is_cuda() ? m_cuda->api() : nullptr;
    if (!api) return make_blocking_copies;
    return [api, index = int(device.index())](int lanes) { return make_cuda_copies(*api, index, lanes); };
}

}  // namespace headroom

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <c10/core/Device.h>

#include "core/base/result.h"

namespace headroom {

class CudaModule;

/// A device a run can be put on.
struct DeviceInfo {
    std::string name;  ///< "cpu", "cuda:0": what --device takes.
    std::string description;
    at::Device device = at::kCPU;
    std::int64_t total_bytes = 0;
    std::int64_t free_bytes = 0;
};

/// The devices of this machine and what a run holds on them. The CPU is always there; CUDA devices are when a driver, LibTorch's
/// CUDA part and the program's CUDA module can all be loaded. Loading happens at the first question about CUDA.
///
/// One instance for the process; its methods may be called from any thread.
class Devices {
public:
    explicit Devices(std::filesystem::path modules_dir);
    ~Devices();

    /// Every device, fastest first.
    std::vector<DeviceInfo> list() const;

    /// "auto" (the first of the list), "cpu" or "cuda:N". Errors: Usage for another word; Device for a CUDA device that is not there, with the reason.
    Result<DeviceInfo> find(const std::string& name) const;

    /// Bytes that this process's tensors hold at most on the device since restart_peak.
    std::int64_t peak_bytes(at::Device device) const;
    void restart_peak(at::Device device) const;
    /// Gives what an allocator keeps for later back to the device, between stages.
    void release_cached(at::Device device) const;

private:
    std::unique_ptr<CudaModule> m_cuda;
};

}  // namespace headroom

#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <c10/core/Device.h>

#include "core/base/result.h"
#include "core/tensor/device_copies.h"

namespace headroom {

class CudaModule;

/// Errors: Usage unless the name is "auto", "cpu" or "cuda:N". Says nothing of whether it is there.
Result<void> check_device_name(const std::string& name);

/// A device a run can be put on.
struct DeviceInfo {
    std::string name;  ///< "cpu", "cuda:0": what --device takes.
    std::string description;
    at::Device device = at::kCPU;
    std::int64_t total_bytes = 0;
    std::int64_t free_bytes = 0;     ///< For every program, now.
    std::int64_t own_bytes = 0;      ///< What this process's allocator holds of a CUDA device; on the CPU what its tensors hold.
    std::int64_t context_bytes = 0;  ///< What this process's CUDA context takes; 0 on the CPU or where it can't be measured.
    int compute_capability = 0;      ///< Of a CUDA device: 86 is 8.6; 0 on the CPU.

    /// What other programs hold.
    std::int64_t others_bytes() const { return std::max<std::int64_t>(0, total_bytes - free_bytes - own_bytes - context_bytes); }
};

/// The devices of this machine and what a run holds on them. The CPU is always there; CUDA devices are when a driver, LibTorch's
/// CUDA part and the program's CUDA module can all be loaded. Loading happens at the first question about CUDA.
///
/// One instance for the process; its methods may be called from any thread.
class Devices {
public:
    /// `gpu_runtime_dir`: where LibTorch's CUDA part is looked for before the system is asked; need not exist.
    explicit Devices(std::filesystem::path modules_dir, std::filesystem::path gpu_runtime_dir = {});
    ~Devices();

    /// Every device, fastest first.
    std::vector<DeviceInfo> list() const;

    /// "auto" (the first of the list), "cpu" or "cuda:N". Errors: Usage for another word; Device for a CUDA device that is not
    /// there or too old, with the reason.
    Result<DeviceInfo> find(const std::string& name) const;

    /// The most that this process took of the device since restart_peak: on CUDA its context and all that the allocator held of
    /// the card, on the CPU what its tensors held.
    std::int64_t peak_bytes(at::Device device) const;
    /// The most that this process's tensors held since restart_peak, as they asked for it.
    std::int64_t tensor_peak_bytes(at::Device device) const;
    void restart_peak(at::Device device) const;
    /// Gives what an allocator keeps for later back to the device, between stages.
    void release_cached(at::Device device) const;

    /// The wall: from now on this process takes at most `budget_bytes` of the device; what would go over it throws
    /// c10::OutOfMemoryError where it is allocated. On CUDA the context counts against the budget, with what it is or, where that
    /// is more, with what it may grow to. 0: no limit. Errors: Device; DoesNotFit when the context alone is larger.
    Result<void> set_limit(at::Device device, std::int64_t budget_bytes, std::int64_t context_bytes = 0) const;

    /// How weights get to the device, for memory::PlannedWeightSources. The devices must outlive what it makes.
    MakeDeviceCopies copies_to(at::Device device) const;

private:
    std::unique_ptr<CudaModule> m_cuda;
};

}  // namespace headroom

#pragma once

#include <filesystem>
#include <mutex>
#include <string>

#include "core/device/cuda_module_api.h"

namespace headroom {

/// Loads the CUDA module when it is first asked for: driver, then libtorch_cuda (which registers LibTorch's back end), then the
/// module.
class CudaModule {
public:
    /// `gpu_runtime_dir` holds torch/lib and nvidia/ as the wheels do, when the person has fetched it; else the linker's paths
    /// are tried.
    CudaModule(std::filesystem::path modules_dir, std::filesystem::path gpu_runtime_dir)
        : m_modules_dir(std::move(modules_dir)), m_gpu_runtime_dir(std::move(gpu_runtime_dir))
    {
    }

    /// The module's functions, or nullptr when CUDA can't be used here (reason() says why). Any thread.
    const CudaModuleApi* api();
    /// Why there is no CUDA: a sentence. Empty when there is.
    const std::string& reason();

private:
    void load();
    bool load_libtorch_cuda();

    std::filesystem::path m_modules_dir;
    std::filesystem::path m_gpu_runtime_dir;
    std::once_flag m_loaded;
    const CudaModuleApi* m_api = nullptr;
    std::string m_reason;
};

}  // namespace headroom

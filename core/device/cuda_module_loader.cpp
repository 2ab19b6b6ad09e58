#include "core/device/cuda_module_loader.h"

#include <dlfcn.h>

namespace headroom {

namespace {

std::string loader_error()
{
    const char* error = dlerror();
    return error ? error : "unknown error";
}

}  // namespace

const CudaModuleApi* CudaModule::api()
{
    std::call_once(m_loaded, [this] { load(); });
    return m_api;
}

const std::string& CudaModule::reason()
{
    std::call_once(m_loaded, [this] { load(); });
    return m_reason;
}

// The fetched libraries find each other by their run paths; libtorch_cpu and libc10 are the program's, which are loaded already.
bool CudaModule::load_libtorch_cuda()
{
    std::error_code ignored;
    const auto fetched = m_gpu_runtime_dir / "torch" / "lib" / "libtorch_cuda.so";
    const bool is_fetched = std::filesystem::exists(fetched, ignored);
    if (dlopen(is_fetched ? fetched.c_str() : "libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL)) return true;
    m_reason = "LibTorch's CUDA part can't be loaded: " + loader_error();
    if (!is_fetched) m_reason += "; `headroom runtime install` fetches it";
    return false;
}

// The libraries are never unloaded: LibTorch registers its back end once and for good.
void CudaModule::load()
{
    if (!dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL)) {
        m_reason = "no NVIDIA driver was found";
        return;
    }
    if (!load_libtorch_cuda()) return;
    const std::string path = (m_modules_dir / "libheadroom_cuda.so").string();
    void* module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!module) {
        m_reason = "the CUDA module can't be loaded: " + loader_error();
        return;
    }
    const auto entry = reinterpret_cast<const CudaModuleApi* (*)()>(dlsym(module, kCudaModuleEntry));
    const CudaModuleApi* found = entry ? entry() : nullptr;
    if (!found || found->version != kCudaModuleVersion) {
        m_reason = "the CUDA module " + path + " belongs to another version of the program";
        return;
    }
    if (found->device_count() == 0) {
        m_reason = "the NVIDIA driver reports no device";
        return;
    }
    m_api = found;
}

}  // namespace headroom

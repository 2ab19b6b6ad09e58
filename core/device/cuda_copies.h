#pragma once

#include <memory>

#include "core/device/cuda_module_api.h"
#include "core/tensor/device_copies.h"

namespace headroom {

/// Copies to a CUDA device through pinned buffers and a stream of their own, so that filling goes on while the engine's stream
/// computes. Converted on the host, by the calling thread. Throws c10::Error with the module's sentence.
std::unique_ptr<DeviceCopies> make_cuda_copies(const CudaModuleApi& api, int device_index, int lanes);

}  // namespace headroom

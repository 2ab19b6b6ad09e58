#pragma once

#include <filesystem>

#include "core/base/result.h"
#include "core/tensor/tensor.h"

namespace headroom {

/// Reads the one float32 tensor `latents` of a safetensors file. Errors: BadInput (missing, damaged, another dtype, not five axes, not finite).
Result<Tensor> read_latents(const std::filesystem::path& path);

/// Writes `latents` as float32 in the family's layout. The file appears under its name when it is whole. Errors: BadOutput.
Result<void> write_latents(const std::filesystem::path& path, const Tensor& latents);

}  // namespace headroom

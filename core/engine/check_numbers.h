#pragma once

#include <filesystem>

#include <c10/core/ScalarType.h>

#include "core/base/result.h"
#include "core/tensor/tensor.h"

namespace headroom {

/// Refuses a result with NaN or infinity in it: a picture of it would be black, and everything that is computed from it as well.
/// Waits for the device; of half types it makes a float32 copy for as long. component: the folder of what computed it, for the
/// message; dtype: it was computed in. Errors: BadModel.
Result<void> check_numbers(const Tensor& result, const std::filesystem::path& component, at::ScalarType dtype);

}  // namespace headroom

#pragma once

#include <c10/core/ScalarType.h>

#include "core/engine/request.h"

namespace headroom {

/// LibTorch's name of a resolved dtype; `Auto` is not one.
at::ScalarType scalar_type(ComputeDtype dtype);
ComputeDtype compute_dtype(at::ScalarType dtype);

}  // namespace headroom

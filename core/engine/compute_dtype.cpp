#include "core/engine/compute_dtype.h"

namespace headroom {

at::ScalarType scalar_type(ComputeDtype dtype)
{
    switch (dtype) {
    case ComputeDtype::BFloat16: return at::kBFloat16;
    case ComputeDtype::Float16: return at::kHalf;
    case ComputeDtype::Auto:
    case ComputeDtype::Float32: break;
    }
    return at::kFloat;
}

ComputeDtype compute_dtype(at::ScalarType dtype)
{
    if (dtype == at::kBFloat16) return ComputeDtype::BFloat16;
    return dtype == at::kHalf ? ComputeDtype::Float16 : ComputeDtype::Float32;
}

}  // namespace headroom

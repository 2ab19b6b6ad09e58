// A guard with a name: of `#pragma once` in a precompiled header GCC compares files' times, which differ from checkout to
// checkout.
#ifndef HEADROOM_CORE_TENSOR_TENSOR_H
#define HEADROOM_CORE_TENSOR_TENSOR_H

// The one door to LibTorch's tensor type. Operators are included one by one (<ATen/ops/matmul.h>) by the sources that call
// them: <torch/torch.h> costs 27 s and 1.3 GB of compiler a file, this header 4 s.
#include <ATen/core/Tensor.h>

namespace headroom {

using at::Tensor;

}  // namespace headroom

#endif

#pragma once

#include "core/tensor/tensor.h"

namespace headroom::nn {

/// What attention() gives and takes, on meta: a result without numbers, the workspace of the kernel that LibTorch 2.11 would
/// choose on the imitated device, and its work counted. Arguments as attention()'s, on meta.
Tensor dry_attention(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& bias);

}  // namespace headroom::nn

#pragma once

#include "core/tensor/tensor.h"

namespace headroom::nn {

/// The rows of a table by number, also on meta. table: [rows, features]; numbers: [count], int32 or int64 → [count, features].
Tensor select_rows(const Tensor& table, const Tensor& numbers);

}  // namespace headroom::nn

#pragma once

#include <string_view>

#include <c10/core/ScalarType.h>

#include "core/base/result.h"

namespace headroom {

/// "fp32", "bf16" or "fp16": the names of the command line and of reports.
const char* dtype_name(at::ScalarType dtype);

/// The inverse of dtype_name. Errors: Usage.
Result<at::ScalarType> parse_dtype(std::string_view name);

}  // namespace headroom

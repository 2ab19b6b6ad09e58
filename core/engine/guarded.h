#pragma once

#include <functional>

#include "core/base/result.h"

namespace headroom {

/// Runs `action` and turns what LibTorch and the standard library throw into errors. The only place of the program that does so.
/// Errors: OutOfMemory, Device, Internal, and whatever `action` returns.
Result<void> guarded(const std::function<Result<void>()>& action);

}  // namespace headroom

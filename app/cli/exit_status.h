#pragma once

#include "core/base/error.h"

namespace headroom::app {

/// The exit statuses of the command line's contract.
inline constexpr int kExitDone = 0;
inline constexpr int kExitInternal = 1;
inline constexpr int kExitUsage = 2;

/// Which status an error ends the program with.
int exit_status(ErrorCode code);

}  // namespace headroom::app

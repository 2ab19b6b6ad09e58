#include "app/cli/exit_status.h"

namespace headroom::app {

int exit_status(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Usage:
    case ErrorCode::Device: return kExitUsage;
    case ErrorCode::BadModel:
    case ErrorCode::BadInput:
    case ErrorCode::BadOutput: return 3;
    case ErrorCode::DoesNotFit: return 4;
    case ErrorCode::OutOfMemory: return 5;
    case ErrorCode::Cancelled: return 130;
    case ErrorCode::Internal: break;
    }
    return kExitInternal;
}

}  // namespace headroom::app

#pragma once

#include <stop_token>

#include "core/base/result.h"

namespace headroom {

/// The Cancelled error when the person has asked the run to stop, else nothing. Polled between pieces of work that take a moment
/// (a block, a tile, a frame), on the thread that does the work; the source of the token may be stopped from any thread.
inline Result<void> check_not_cancelled(const std::stop_token& stop)
{
    if (stop.stop_requested()) return fail(ErrorCode::Cancelled, "The run was stopped");
    return {};
}

}  // namespace headroom

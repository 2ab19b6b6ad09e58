#pragma once

#include "core/media/output_path.h"
#include "core/media/writers.h"

namespace headroom::media {

/// Everything that can be known of a request before its first byte is written: size, rate, folder, what is there already.
/// Errors: Usage, BadOutput.
Result<void> check_request(OutputKind kind, const WriteRequest& request);

}  // namespace headroom::media

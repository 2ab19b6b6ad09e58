#pragma once

#include <cstdint>
#include <vector>

#include "core/base/result.h"

namespace headroom::text {

/// Errors: BadModel when a token is not of an embedding table of this many rows.
Result<void> check_tokens(const std::vector<std::int32_t>& ids, std::int64_t vocab_size);

}  // namespace headroom::text

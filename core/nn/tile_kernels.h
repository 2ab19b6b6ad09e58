#pragma once

#include <c10/core/ScalarType.h>

namespace headroom::nn {

/// Whether this CPU's tiles (AMX) compute products of the dtype. LibTorch's attention then packs keys and values first, into
/// memory beside the result, which a dry run counts.
bool computes_in_tiles(c10::ScalarType dtype);

}  // namespace headroom::nn

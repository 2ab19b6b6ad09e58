#pragma once

#include <cstdint>

#include <c10/core/ScalarType.h>

namespace headroom::nn {

/// Whether this CPU's tiles (AMX) compute products of the dtype. LibTorch's kernels (oneDNN) then pack their operands first, into memory beside
/// the result, which a dry run counts.
bool computes_in_tiles(c10::ScalarType dtype);

/// What a product [rows, in] · [in, out] takes besides its result where tiles compute it: at most, whatever the rows and `out` are.
std::int64_t tile_product_bytes(std::int64_t in, std::int64_t threads);

}  // namespace headroom::nn

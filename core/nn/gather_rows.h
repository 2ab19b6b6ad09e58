#pragma once

#include <cstdint>
#include <span>

#include "core/nn/parameter.h"

namespace headroom::nn {

/// The rows of an embedding table (Place::InFile, or wherever it was put), gathered where the table is, then converted and moved.
/// table: [rows, width]; ids: each below rows → [ids, width] of the dtype on the device. In a dry run the table is on `meta`, and
/// so is the result.
Tensor gather_rows(const Parameter& table, std::span<const std::int32_t> ids, at::Device device, at::ScalarType dtype);

}  // namespace headroom::nn

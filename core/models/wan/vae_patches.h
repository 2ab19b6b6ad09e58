#pragma once

#include <cstdint>

#include "core/tensor/tensor.h"

namespace headroom::models::wan {

// Wan 2.2's autoencoder works on patches of pixels (diffusers 0.42.1, patchify and unpatchify in
// models/autoencoders/autoencoder_kl_wan.py): a patch's pixels are channels of one position, ordered by colour, then column, then
// row. With patches of one pixel both give their input back.

/// [frames, batch, height, width, colours] → [frames, batch, height / patch, width / patch, colours · patch²], contiguous.
Tensor patchify(const Tensor& pixels, std::int64_t patch);

/// The way back: [frames, batch, height, width, colours · patch²] → [frames, batch, height · patch, width · patch, colours],
/// contiguous.
Tensor unpatchify(const Tensor& patches, std::int64_t patch);

}  // namespace headroom::models::wan

#pragma once

#include <cstdint>

#include "core/models/video_model.h"

namespace headroom::models::wan {

/// The linear map from normalised latents to colours that the community fitted to the published autoencoder with so many latent
/// channels: 16 are Wan 2.1's, 48 Wan 2.2 TI2V's. Where none is known, the first channels stand for the colours, which at least
/// shows shapes and motion.
LatentRgb published_latent_rgb(std::int64_t channels);

}  // namespace headroom::models::wan

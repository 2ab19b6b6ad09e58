#pragma once

#include <cstdint>

#include "core/models/described_folder.h"

namespace headroom::models::wan {

/// Of which published kind a folder's model is.
enum class PublishedKind { Wan21, Wan22A14b, Wan22Ti2v };

/// What the authors of this kind of model run it with: of Wan 2.1 832×480, 81 frames, 50 steps, guidance 5, 16 fps; of Wan 2.2
/// A14B 40 steps and guidance 4; of Wan 2.2 TI2V-5B 1280×704, 121 frames, 24 fps. With the known factors of its VAE, which has so
/// many latent channels.
FolderHints published_hints(PublishedKind kind, std::int64_t latent_channels);

/// Guidance of A14B's second transformer, as its authors run it.
inline constexpr double kPublishedGuidance2 = 3.0;

}  // namespace headroom::models::wan

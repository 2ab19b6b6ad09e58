#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/model_info.h"
#include "core/models/video_model.h"

namespace headroom::models::wan {

/// Of which published kind a folder's model is.
enum class PublishedKind { Wan21, Wan22A14b, Wan22Ti2v };

/// What a folder says beside the diffusers configs, in an optional `headroom.json`: its author's defaults and a latent→RGB map
/// fitted to its VAE.
struct FolderHints {
    std::string display_name;  ///< Empty: the folder's name.
    GenerationDefaults defaults;
    double guidance_2 = 0;          ///< Of a second transformer.
    double flow_shift = 3;          ///< Where the scheduler's config says none.
    std::vector<Preset> presets;
    LatentRgb latent_rgb;
};

/// The hints of a folder; what it does not say is as the authors of its kind of model published it: of Wan 2.1 832×480, 81
/// frames, 50 steps, guidance 5, 16 fps; of Wan 2.2 A14B 40 steps, guidance 4 and 3, flow shift 12; of Wan 2.2 TI2V-5B 1280×704,
/// 121 frames, 24 fps, flow shift 5; and the known factors of their VAE, which has so many latent channels. Errors: BadModel when
/// headroom.json is there but damaged.
Result<FolderHints> read_folder_hints(const std::filesystem::path& model_dir, PublishedKind kind, std::int64_t latent_channels);

}  // namespace headroom::models::wan

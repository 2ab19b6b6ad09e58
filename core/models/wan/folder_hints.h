#pragma once

#include <filesystem>

#include "core/base/result.h"
#include "core/engine/model_info.h"
#include "core/models/video_model.h"

namespace headroom::models::wan {

/// What a folder says beside the diffusers configs, in an optional `headroom.json`: its author's defaults and a latent→RGB map
/// fitted to its VAE.
struct FolderHints {
    std::string display_name;  ///< Empty: the folder's name.
    GenerationDefaults defaults;
    LatentRgb latent_rgb;
};

/// The hints of a folder; what it does not say is as published for Wan 2.1: 832×480, 81 frames, 50 steps, guidance 5, 16 fps, and the known factors of its VAE.
/// Errors: BadModel when headroom.json is there but damaged.
Result<FolderHints> read_folder_hints(const std::filesystem::path& model_dir);

}  // namespace headroom::models::wan

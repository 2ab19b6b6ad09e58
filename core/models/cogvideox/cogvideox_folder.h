#pragma once

#include "core/base/result.h"
#include "core/engine/model_info.h"
#include "core/files/model_folder.h"
#include "core/models/cogvideox/transformer_config.h"
#include "core/models/cogvideox/vae_config.h"
#include "core/models/described_folder.h"
#include "core/text/umt5_config.h"

namespace headroom::models::cogvideox {

/// The configs of a CogVideoX folder, each read and checked, together too.
struct CogVideoXConfigs {
    text::Umt5Config text_encoder;
    TransformerConfig transformer;
    VaeConfig vae;
    nlohmann::json scheduler;  ///< With the class that model_index.json names, which is the one that diffusers makes.

    /// Latent frames that the transformer takes before those of a clip of so many pixel frames: in 1.5 it works on whole patches
    /// of two.
    std::int64_t filling_frames(std::int64_t pixel_frames) const;
};

/// Refuses a folder whose components are not those of a CogVideoX text-to-video pipeline: says which one and what is supported.
/// Errors: BadModel.
Result<void> check_components(const files::ModelFolder& folder);

/// Reads every config, and holds them against each other (latent channels, text width). Errors: BadModel.
Result<CogVideoXConfigs> read_configs(const files::ModelFolder& folder);

/// As the authors published models with these configs: 720×480, 49 frames at 8 fps; 1.5 1360×768, 81 frames at 16 fps; 50 steps,
/// guidance 6; and the colours that the community fitted to their latents.
FolderHints published_hints(const CogVideoXConfigs& configs);

/// Defaults, legal sizes, lengths and settings of a model with these configs; the components are left empty.
ModelInfo describe_model(const files::ModelFolder& folder, const CogVideoXConfigs& configs, const FolderHints& hints);

}  // namespace headroom::models::cogvideox

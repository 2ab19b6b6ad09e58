#pragma once

#include <nlohmann/json.hpp>

#include "core/base/result.h"
#include "core/engine/model_info.h"
#include "core/files/model_folder.h"
#include "core/models/described_folder.h"
#include "core/models/hunyuan_video/transformer_config.h"
#include "core/models/hunyuan_video/vae_config.h"
#include "core/text/clip_config.h"
#include "core/text/llama_config.h"

namespace headroom::models::hunyuan_video {

// Keys of the family's extra settings.
inline constexpr const char* kTrueGuidance = "true_guidance";
inline constexpr const char* kFlowShift = "flow_shift";

/// The configs of a HunyuanVideo folder, each read and checked, together too.
struct HunyuanVideoConfigs {
    text::LlamaConfig text_encoder;
    text::ClipConfig text_encoder_2;
    TransformerConfig transformer;
    VaeConfig vae;
    nlohmann::json scheduler;
};

/// Refuses a folder whose components are not those of a HunyuanVideo text-to-video pipeline: says which one and what is
/// supported. Errors: BadModel.
Result<void> check_components(const files::ModelFolder& folder);

/// Reads every config, and holds them against each other (latent channels, widths of both texts). Errors: BadModel.
Result<HunyuanVideoConfigs> read_configs(const files::ModelFolder& folder);

/// As the authors published the model: 1280×720, 129 frames at 24 fps, 50 steps, embedded guidance 6; and the colours that the
/// community fitted to its latents.
FolderHints published_hints(const HunyuanVideoConfigs& configs);

/// Defaults, legal sizes, lengths and settings of a model with these configs; the components are left empty.
ModelInfo describe_model(const files::ModelFolder& folder, const HunyuanVideoConfigs& configs, const FolderHints& hints);

}  // namespace headroom::models::hunyuan_video

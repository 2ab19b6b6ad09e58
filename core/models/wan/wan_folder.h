#pragma once

#include "core/base/result.h"
#include "core/engine/model_info.h"
#include "core/files/model_folder.h"
#include "core/models/described_folder.h"
#include "core/models/wan/published_kinds.h"
#include "core/models/wan/wan_model.h"

namespace headroom::models::wan {

inline constexpr const char* kGuidance2 = "guidance_2";  ///< Keys of ExtraSetting: the guidance of transformer_2,
inline constexpr const char* kFlowShift = "flow_shift";  ///< and the shift of the scheduler's noise levels.

/// A scheduler config of Wan with another shift of its noise levels.
nlohmann::json with_flow_shift(nlohmann::json scheduler, double flow_shift);

/// The timesteps that the scheduler's config counts from noise to clean: 1000.
double training_timesteps(const nlohmann::json& scheduler);

/// Refuses a folder whose components are not those of a Wan text-to-video pipeline: says which one and what is supported.
/// Errors: BadModel.
Result<void> check_components(const files::ModelFolder& folder);

/// Reads every config, and holds them against each other (latent channels, text width). Errors: BadModel.
Result<WanConfigs> read_configs(const files::ModelFolder& folder);

/// Of which published kind a model with these configs is.
PublishedKind published_kind(const WanConfigs& configs);

/// Defaults, legal sizes and lengths of a model with these configs; the components are left empty.
ModelInfo describe_model(const files::ModelFolder& folder, const WanConfigs& configs, const FolderHints& hints);

}  // namespace headroom::models::wan

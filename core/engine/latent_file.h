#pragma once

#include <filesystem>
#include <optional>

#include "core/base/result.h"
#include "core/engine/clip_settings.h"
#include "core/tensor/tensor.h"

namespace headroom {

/// Reads the one float32 tensor `latents` of a safetensors file. Errors: BadInput (missing, damaged, another dtype, not five axes, not finite).
Result<Tensor> read_latents(const std::filesystem::path& path);

/// The settings that a run wrote beside its latents, so that a clip decoded from them carries them; empty when there are none.
/// Errors: BadInput, when the file can't be read.
Result<std::optional<ClipSettings>> read_latent_settings(const std::filesystem::path& path);

/// Writes `latents` as float32 in the family's layout, and the settings that made them into the file's metadata. The file appears under its
/// name when it is whole. Errors: BadOutput.
Result<void> write_latents(const std::filesystem::path& path, const Tensor& latents, const std::optional<ClipSettings>& settings = {});

}  // namespace headroom

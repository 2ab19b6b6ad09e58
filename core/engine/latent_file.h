#pragma once

#include <filesystem>
#include <optional>

#include "core/base/result.h"
#include "core/engine/clip_settings.h"
#include "core/tensor/tensor.h"

namespace headroom {

/// Reads the one float32 tensor `latents` of a safetensors file. Errors: BadInput (missing, damaged, another dtype, not five
/// axes, not finite).
Result<Tensor> read_latents(const std::filesystem::path& path);

/// Latents with the settings of the run that wrote them, so that a clip decoded from them carries these; a file need not have
/// any.
struct LatentFile {
    Tensor latents;
    std::optional<ClipSettings> settings;
};

/// Reads both. Errors: as read_latents; settings that can't be read are none.
Result<LatentFile> read_latent_file(const std::filesystem::path& path);

/// Writes `latents` as float32 in the family's layout, and the settings that made them into the file's metadata. The file appears
/// under its name when it is whole. Errors: BadOutput.
Result<void> write_latents(const std::filesystem::path& path, const Tensor& latents,
                           const std::optional<ClipSettings>& settings = {});

}  // namespace headroom

#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/media/clip_metadata.h"

namespace headroom::media {

/// What lies in the JSON file beside a clip whose format has no room for it (GIF, PNG): {"title", "comment", "fps"}.
struct Sidecar {
    ClipMetadata metadata;
    double fps = 0;
};

/// `NAME.gif.json` beside a GIF.
std::filesystem::path gif_sidecar_path(const std::filesystem::path& path);

std::string sidecar_text(const Sidecar& sidecar);

/// Reads one as untrusted content: unknown keys are ignored, missing ones are empty; nothing when there is no such file. Errors:
/// BadInput when it is not such JSON or over 1 MiB.
Result<std::optional<Sidecar>> read_sidecar(const std::filesystem::path& path);

}  // namespace headroom::media

#pragma once

#include <filesystem>
#include <optional>

#include "core/base/error.h"

namespace headroom::ui {

/// Shows a clip in the person's own player; for a PNG sequence, its folder. False when nothing opens it.
bool openExternally(const std::filesystem::path& clip);

/// Shows the folder that a clip lies in. False when nothing opens it.
bool showInFolder(const std::filesystem::path& clip);

/// Copies a saved clip, with its sidecar if it has one, to `target`; a PNG sequence is copied as a folder. Errors: BadOutput.
std::optional<Error> copyClip(const std::filesystem::path& clip, const std::filesystem::path& target);

/// Whether the path names a PNG sequence by its pattern.
bool isSequence(const std::filesystem::path& clip);

}  // namespace headroom::ui

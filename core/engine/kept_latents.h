#pragma once

#include <filesystem>
#include <optional>

#include "core/engine/clip_settings.h"
#include "core/engine/events.h"
#include "core/tensor/tensor.h"

namespace headroom {

/// Where a run's latents got to.
struct KeptLatents {
    std::filesystem::path path;   ///< Empty: nowhere.
    bool is_spare = false;        ///< Among the program's state, not where they were asked for.
    std::optional<Error> missed;  ///< Why they are not where they were asked for.

    /// The error, with where the latents are kept.
    Error with_place(Error error) const;
};

/// Writes latents to `wanted`, or, where that is empty or fails, among the program's state, so that no finished work is lost.
/// Where that fails too, the listener is told and the path is empty.
KeptLatents keep_latents(const Tensor& latents, const std::optional<ClipSettings>& settings, const std::filesystem::path& wanted,
                         const std::filesystem::path& state_dir, RunListener& listener);

}  // namespace headroom

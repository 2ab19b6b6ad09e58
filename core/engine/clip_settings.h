#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/engine/request.h"

namespace headroom {

/// The settings that a clip carries in its `comment` tag, so that dropping it on the window brings them back.
struct ClipSettings {
    GenerateRequest request;  ///< Every number filled in; no paths but model_dir; no prompts when the clip was not to carry them.
    std::string model_name;   ///< ModelInfo::display_name of the model that made it.
};

/// Compact JSON, at most 8 KB: {"headroom":1,"seed":…}. The prompts are left out when the output is not to carry them.
std::string to_json(const ClipSettings& settings);

/// Reads such JSON back. Unknown keys are passed over; the content is untrusted.
/// Errors: BadInput when it is not JSON of this program or a value has the wrong type.
Result<ClipSettings> parse_clip_settings(std::string_view json);

}  // namespace headroom

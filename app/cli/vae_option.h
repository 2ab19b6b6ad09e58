#pragma once

#include <string>

#include "core/base/result.h"
#include "core/engine/request.h"

namespace headroom::app {

/// Reads `--vae`: auto, whole, strips, strips:N, tiles, or tiles:TILE_WxTILE_H+STRIDE_WxSTRIDE_H in pixels; fills in what it
/// pins. Errors: Usage.
Result<void> parse_vae_option(const std::string& text, Pins& pins);

}  // namespace headroom::app

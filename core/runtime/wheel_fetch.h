#pragma once

#include <filesystem>
#include <stop_token>

#include "core/base/result.h"
#include "core/runtime/progress_meter.h"
#include "core/runtime/runtime_install.h"
#include "core/runtime/runtime_manifest.h"

namespace headroom::runtime {

/// Brings a wheel from the index to `part`, going on with what is there, and holds it against its checksum; a file that fails is
/// fetched anew once. Errors: BadInput, BadOutput, Cancelled.
Result<void> fetch_wheel(const PinnedWheel& wheel, const RuntimeSource& source, const std::filesystem::path& part,
                         ProgressMeter& meter, std::stop_token stop);

/// Holds a wheel of the person's own against size and checksum. Errors: BadInput, Cancelled.
Result<void> check_wheel(const PinnedWheel& wheel, const std::filesystem::path& path, ProgressMeter& meter, std::stop_token stop);

}  // namespace headroom::runtime

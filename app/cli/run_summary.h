#pragma once

#include <string>

#include "core/base/result.h"
#include "core/engine/run_report.h"

namespace headroom::app {

/// Prints the closing line ("clip.mp4: 25 frames in 9.8 s, …") unless `quiet`, and writes the report when one was asked for.
/// Errors: BadOutput.
Result<void> conclude(const RunReport& report, const std::string& report_path, bool quiet);

}  // namespace headroom::app

#pragma once

#include <string>

#include "core/base/result.h"
#include "core/engine/run_report.h"

namespace headroom::app {

/// Writes the report file when one was asked for, and the closing line ("clip.mp4: 25 frames in 9.8 s, …") unless `quiet`. Errors: BadOutput.
Result<void> conclude(const RunReport& report, const std::string& report_path, bool quiet);

}  // namespace headroom::app

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/events.h"
#include "core/engine/plan.h"

namespace headroom {

/// What a run did: the content of `--report`.
struct RunReport {
    Plan plan;
    std::vector<StageReport> stages;
    std::int64_t peak_bytes = 0;
    double seconds_total = 0;
    double seconds_to_first_frame = 0;
    int frames = 0;                              ///< Per batch item.
    std::vector<std::filesystem::path> outputs;  ///< One a batch item; empty when no file was asked for.
};

/// The report as JSON text with the keys of the command line's contract.
std::string to_json(const RunReport& report);

/// Writes it to the file, which appears when it is whole, or into a pipe or device. Errors: BadOutput, also when a file has
/// appeared there and may not be replaced.
Result<void> write_report(const RunReport& report, const std::filesystem::path& path);

}  // namespace headroom

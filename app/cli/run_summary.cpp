#include "app/cli/run_summary.h"

#include <cstdio>
#include <fstream>

#include "core/base/byte_size.h"

namespace headroom::app {

Result<void> conclude(const RunReport& report, const std::string& report_path, bool quiet)
{
    if (!report_path.empty()) {
        std::ofstream file(report_path);
        file << to_json(report);
        file.close();
        if (!file) return fail(ErrorCode::BadOutput, "{}: the report can't be written", report_path);
    }
    if (quiet) return {};
    for (const auto& output : report.outputs) {
        const std::string first_frame =
            report.seconds_to_first_frame > 0 ? fmt::format(", first frame after {:.1f} s", report.seconds_to_first_frame) : "";
        fmt::print("{}: {} frames in {:.1f} s{}, peak {}\n", output.string(), report.frames, report.seconds_total, first_frame,
                   format_byte_size(report.peak_bytes));
    }
    return {};
}

}  // namespace headroom::app

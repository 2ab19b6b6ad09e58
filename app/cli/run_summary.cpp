#include "app/cli/run_summary.h"

#include <cstdio>

#include <fmt/format.h>

#include "core/base/byte_size.h"
#include "core/base/counted.h"

namespace headroom::app {

namespace {

void print_summary(const RunReport& report)
{
    for (const auto& output : report.outputs) {
        const std::string first_frame =
            report.seconds_to_first_frame > 0 ? fmt::format(", first frame after {:.1f} s", report.seconds_to_first_frame) : "";
        fmt::print("{}: {} in {:.1f} s{}, peak {}\n", output.string(), counted(report.frames, "frame"), report.seconds_total,
                   first_frame, format_byte_size(report.peak_bytes));
    }
}

}  // namespace

Result<void> conclude(const RunReport& report, const std::string& report_path, bool quiet)
{
    if (!quiet) print_summary(report);  // what is finished is said even if the report can't be written
    if (report_path.empty()) return {};
    std::fflush(stdout);  // before what may go to /dev/stdout
    return write_report(report, report_path);
}

}  // namespace headroom::app

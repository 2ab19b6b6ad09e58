#include "app/cli/progress_printer.h"

#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "core/base/byte_size.h"

namespace headroom::app {

namespace {

const char* title(Stage stage)
{
    switch (stage) {
    case Stage::EncodeText: return "Reading the prompt";
    case Stage::Denoise: return "Denoising";
    case Stage::Decode: return "Decoding frames";
    case Stage::Encode: return "Encoding frames";
    }
    return "";
}

// "\r" goes back to the line's start, "\x1b[K" clears what a longer text left.
void rewrite_line(const std::string& text)
{
    std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
    std::fflush(stderr);
}

}  // namespace

ProgressPrinter::Mode ProgressPrinter::mode_for(bool quiet)
{
    if (quiet) return Mode::Silent;
    return isatty(STDERR_FILENO) ? Mode::Terminal : Mode::NoticesOnly;
}

void ProgressPrinter::stage_started(Stage stage, int)
{
    if (m_mode == Mode::Terminal) rewrite_line(fmt::format("{}…", title(stage)));
}

void ProgressPrinter::stage_progressed(const StageProgress& progress)
{
    if (m_mode != Mode::Terminal || progress.done == 0) return;
    const double left_seconds = progress.elapsed_seconds / progress.done * (progress.total - progress.done);
    rewrite_line(
        fmt::format("{} {}/{}, about {:.0f} s left", title(progress.stage), progress.done, progress.total, left_seconds));
}

void ProgressPrinter::stage_finished(const StageReport& report)
{
    if (m_mode != Mode::Terminal) return;
    rewrite_line(fmt::format("{}: {:.1f} s, peak {}\n", title(report.stage), report.seconds,
                             format_byte_size(report.measured_peak_bytes)));
}

void ProgressPrinter::latents_previewed(const LatentPreview&) {}

void ProgressPrinter::frame_decoded(int, int, const RgbFrame&) {}

void ProgressPrinter::noticed(const std::string& sentence)
{
    if (m_mode != Mode::Silent) std::fprintf(stderr, "%s\n", sentence.c_str());
}

}  // namespace headroom::app

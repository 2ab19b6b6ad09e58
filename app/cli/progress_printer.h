#pragma once

#include <string>

#include "core/engine/events.h"

namespace headroom::app {

/// Shows a run on standard error: one line that is rewritten when it is a terminal, else only what should be noticed.
class ProgressPrinter final : public RunListener {
public:
    enum class Mode { Terminal, NoticesOnly, Silent };
    explicit ProgressPrinter(Mode mode) : m_mode(mode) {}
    /// Silent when `quiet`; else by whether standard error is a terminal.
    static Mode mode_for(bool quiet);

    void stage_started(Stage stage, int total) override;
    void stage_progressed(const StageProgress& progress) override;
    void stage_finished(const StageReport& report) override;
    void latents_previewed(const LatentPreview& preview) override;
    void frame_decoded(int batch_item, int frame_index, const RgbFrame& frame) override;
    void noticed(const std::string& sentence) override;

private:
    Mode m_mode;
};

}  // namespace headroom::app

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/engine/events.h"

namespace headroom::test {

/// Remembers what a run tells, and lets a test act on it.
class RecordingListener final : public RunListener {
public:
    std::vector<Stage> started;
    std::vector<StageReport> finished;
    std::vector<StageProgress> progress;
    std::vector<LatentPreview> previews;
    std::vector<RgbFrame> frames;
    std::vector<int> items;  ///< Of the batch, one a frame.
    std::vector<std::string> notices;
    std::vector<std::filesystem::path> kept_latents;
    std::function<void(const StageProgress&)> on_progress;
    std::function<void(Stage)> on_stage;
    std::function<void(int)> on_frame;

    void stage_started(Stage stage, int) override
    {
        started.push_back(stage);
        if (on_stage) on_stage(stage);
    }
    void stage_progressed(const StageProgress& value) override
    {
        progress.push_back(value);
        if (on_progress) on_progress(value);
    }
    void stage_finished(const StageReport& report) override { finished.push_back(report); }
    void latents_previewed(const LatentPreview& preview) override { previews.push_back(preview); }
    void frame_decoded(int item, int index, const RgbFrame& frame) override
    {
        items.push_back(item);
        frames.push_back(frame);
        if (on_frame) on_frame(index);
    }
    void noticed(const std::string& sentence) override { notices.push_back(sentence); }
    void latents_kept(const std::filesystem::path& latents) override { kept_latents.push_back(latents); }
};

}  // namespace headroom::test

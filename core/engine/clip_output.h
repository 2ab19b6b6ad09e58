#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/engine/clip_settings.h"
#include "core/engine/events.h"
#include "core/engine/request.h"
#include "core/media/clip_metadata.h"
#include "core/media/encode_thread.h"

namespace headroom {

/// What a clip's file carries of its settings: the prompt as title, all of them as comment. Errors: Usage, when they are too
/// long.
Result<media::ClipMetadata> clip_metadata(const ClipSettings& settings);

/// Where one batch item's frames go: the listener, and the file when one was asked for. Encoding runs on the io thread.
class ClipOutput {
public:
    /// Opens the item's file (batch items after the first get -2, -3, … in their names). Errors: BadOutput.
    static Result<ClipOutput> open(const OutputOptions& options, const media::VideoFormat& format,
                                   const media::ClipMetadata& metadata, int batch_item, RunListener& listener);

    /// Shows and stores the next frame. Errors: BadOutput.
    Result<void> add(RgbFrame frame);

    /// Completes the file; returns its path, empty when none was asked for. Errors: BadOutput.
    Result<std::filesystem::path> finish();

    int frames() const { return m_frames; }

private:
    ClipOutput(int batch_item, RunListener& listener) : m_batch_item(batch_item), m_listener(&listener) {}

    int m_batch_item;
    RunListener* m_listener;
    int m_frames = 0;
    std::filesystem::path m_path;
    std::unique_ptr<media::EncodeThread> m_encoder;
};

}  // namespace headroom

#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>

#include "core/base/result.h"
#include "core/media/frame_scaler.h"
#include "core/media/video_reader.h"
#include "core/models/video_model.h"

namespace headroom {

/// Size and length of the clip in a file, of a video or a PNG sequence. Reads it through, but no further than `most_frames`: what
/// containers state is now and then wrong, and a damaged file is better found before hours of work. Errors: BadInput, Cancelled.
Result<models::ClipSize> measure_clip(const std::filesystem::path& path, int most_frames, const std::stop_token& stop);

/// A clip's frames as a model's encoder takes them.
class ClipInput {
public:
    /// Frames come out in `size`, scaled where the file's own is another. Errors: BadInput.
    static Result<ClipInput> open(const std::filesystem::path& path, const models::ClipSize& size);

    /// The next frame: [1, 3, 1, height, width] in [-1, 1], float32, in the computer's memory. Errors: BadInput, also when there
    /// is none left.
    Result<Tensor> next();

private:
    ClipInput(std::filesystem::path path, media::VideoReader reader) : m_path(std::move(path)), m_reader(std::move(reader)) {}

    std::filesystem::path m_path;
    media::VideoReader m_reader;
    std::optional<media::FrameScaler> m_scaler;
};

}  // namespace headroom

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "core/base/result.h"
#include "core/base/rgb_frame.h"
#include "core/media/clip_metadata.h"

namespace headroom::media {

struct VideoFormat {
    int width = 0;   ///< pixels
    int height = 0;  ///< pixels
    int fps = 0;     ///< frames a second
};

enum class Overwrite { Yes, No };

/// Takes a clip's frames and leaves a file. Until finish() succeeds nothing is under the final name: the frames are in
/// `NAME.part` beside it, which ffmpeg plays if the program is killed. Destroying a writer that was not finished removes what it
/// wrote. One thread at a time uses a writer.
class FrameWriter {
public:
    virtual ~FrameWriter() = default;

    /// Appends a frame of the size the writer was opened with. Errors: BadOutput (no space, not writable), Internal (other size).
    /// After an error the writer takes no more frames.
    virtual Result<void> write(const RgbFrame& frame) = 0;

    /// Completes the file, brings it to the disk and gives it its final name. Errors: BadOutput; when only this last step failed,
    /// the message says that the whole clip was kept as `NAME.part`.
    virtual Result<void> finish() = 0;
};

/// Opens a writer by the path's extension (any case); a `NAME.part` that a killed run left is replaced:
///  * `.mp4`: H.264, yuv420p, BT.709 converted and tagged, faststart; both sides of the picture even.
///  * `.mkv`: FFV1 RGB, every bit kept.
///  * `.gif`: one palette for the clip, dithered; at most 50 frames a second; metadata in `NAME.gif.json` beside it.
///  * `.png`: a sequence; the file name has exactly one `%d` or `%0Nd`, numbers start at 1; metadata and fps in a file named
///    like a frame with `info` for the number and `.json` at the end (`frame-%04d.png` → `frame-info.json`). Overwrite::Yes
///    replaces the whole sequence: frames of an older, longer one are removed at finish().
/// Errors: Usage (extension, pattern, size, fps; the sentence says what works), BadOutput (folder missing or not writable, file
/// exists and `overwrite` is No, path is a folder, no space, no H.264 encoder).
Result<std::unique_ptr<FrameWriter>> open_frame_writer(const std::filesystem::path& path, const VideoFormat& format,
                                                       const ClipMetadata& metadata, Overwrite overwrite);

/// Says before any work whether open_frame_writer() would take this output and whether the disk has room for the clip (an
/// estimate per format, for `frame_count` frames). Writes nothing that stays. Errors: as open_frame_writer().
Result<void> check_output(const std::filesystem::path& path, const VideoFormat& format, std::int64_t frame_count,
                          Overwrite overwrite);

}  // namespace headroom::media

#pragma once

#include <span>

#include "core/media/ffmpeg_ptr.h"
#include "core/media/video_writer.h"

namespace headroom::media {

/// An H.264 encoder that may be in the FFmpeg at hand.
struct H264Candidate {
    enum class Rate { ByQuality, ByBitrate };

    const char* name;     ///< FFmpeg's name
    const char* options;  ///< its options, `key=value,…`
    Rate rate;            ///< whether the options state a quality, or a bit rate has to be given
};

/// In the order they are tried: x264 first; then those without a GPU, since device memory is promised to the model.
std::span<const H264Candidate> h264_candidates();

/// Opens the first candidate that opens, for yuv420p tagged BT.709, one key frame a second. Errors: BadOutput naming those tried.
Result<CodecContextPtr> open_h264_encoder(const VideoFormat& format,
                                          std::span<const H264Candidate> candidates = h264_candidates());

}  // namespace headroom::media

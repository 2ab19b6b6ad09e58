#pragma once

#include <string>

namespace headroom::media {

/// The version of the FFmpeg libraries that are loaded: "5.1.9-0+deb12u1".
std::string ffmpeg_version();

}  // namespace headroom::media

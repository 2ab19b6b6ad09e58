#include "core/media/ffmpeg_version.h"

extern "C" {
#include <libavutil/avutil.h>
}

namespace headroom::media {

std::string ffmpeg_version()
{
    return av_version_info();
}

}  // namespace headroom::media

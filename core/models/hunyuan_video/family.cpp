#include "core/models/hunyuan_video/family.h"

#include "core/models/hunyuan_video/hunyuan_video_model.h"

namespace headroom::models::hunyuan_video {

ModelFamily family()
{
    return {"HunyuanVideoPipeline", &HunyuanVideoModel::open};
}

}  // namespace headroom::models::hunyuan_video

#include "core/models/hunyuan_video/time_blend.h"

#include <algorithm>

namespace headroom::models::hunyuan_video {

void fade_in_frames(Tensor& tile, const Tensor& before)
{
    const std::int64_t extent = std::min(tile.size(0), before.size(0));
    for (std::int64_t i = 0; i < extent; ++i) {
        Tensor target = tile[i];
        const double weight = double(i) / double(extent);
        const Tensor old =
            before[before.size(0) - extent + i].to(at::kFloat, /*non_blocking=*/false, /*copy=*/true).mul_(1 - weight);
        Tensor wide = target.to(at::kFloat, /*non_blocking=*/false, /*copy=*/true);
        target.copy_(wide.mul_(weight).add_(old));
    }
}

}  // namespace headroom::models::hunyuan_video

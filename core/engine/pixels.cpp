#include "core/engine/pixels.h"

#include <cstring>

#include <ATen/ops/clamp.h>

namespace headroom {

std::vector<RgbFrame> to_rgb_frames(const Tensor& frames)
{
    const Tensor bytes = at::clamp(frames[0].to(at::kFloat), -1, 1)
                             .add_(1)
                             .mul_(127.5)
                             .round_()
                             .to(at::kByte)
                             .permute({1, 2, 3, 0})  // [frames, height, width, 3]
                             .contiguous()
                             .cpu();
    const int height = int(bytes.size(1));
    const int width = int(bytes.size(2));
    const std::size_t frame_bytes = std::size_t(width) * std::size_t(height) * 3;

    std::vector<RgbFrame> pictures;
    const std::uint8_t* source = bytes.const_data_ptr<std::uint8_t>();
    for (std::int64_t index = 0; index < bytes.size(0); ++index, source += frame_bytes) {
        pictures.push_back({width, height, std::vector<std::uint8_t>(source, source + frame_bytes)});
    }
    return pictures;
}

}  // namespace headroom

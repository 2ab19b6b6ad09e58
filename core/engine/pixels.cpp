#include "core/engine/pixels.h"

#include <cstring>

#include <ATen/ops/from_blob.h>

namespace headroom {

Tensor rgb_bytes(const Tensor& frames)
{
    Tensor wide = frames[0].to(at::kFloat, /*non_blocking=*/false, /*copy=*/true);
    wide.clamp_(-1, 1).add_(1).mul_(127.5).round_();
    return wide.to(at::kByte).permute({1, 2, 3, 0}).contiguous();  // [frames, height, width, 3]
}

std::vector<RgbFrame> to_rgb_frames(const Tensor& frames)
{
    const Tensor bytes = rgb_bytes(frames).cpu();
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

Tensor to_pixels(const RgbFrame& frame)
{
    const Tensor bytes = at::from_blob(const_cast<std::uint8_t*>(frame.pixels.data()), {frame.height, frame.width, 3}, at::kByte);
    const Tensor values = bytes.to(at::kFloat).div_(255).mul_(2).sub_(1);
    return values.permute({2, 0, 1}).unsqueeze(1).unsqueeze(0);  // [1, 3, 1, height, width]
}

}  // namespace headroom

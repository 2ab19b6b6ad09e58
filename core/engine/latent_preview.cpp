#include "core/engine/latent_preview.h"

#include <algorithm>

#include <ATen/ops/from_blob.h>
#include <ATen/ops/matmul.h>

#include "core/engine/pixels.h"
#include "core/tensor/dry_run.h"

namespace headroom {

namespace {

constexpr std::int64_t kMostPictures = 16;

}  // namespace

Tensor preview_rgb(const Tensor& latents, const models::LatentRgb& latent_rgb)
{
    const DryPlacement on_host(DryPlacement::Where::Host);
    const Tensor frame = copy_to_host(latents).to(at::kFloat);  // [channels, height, width]
    const auto factors = at::from_blob(const_cast<std::array<float, 3>*>(latent_rgb.factors.data()),
                                       {std::int64_t(latent_rgb.factors.size()), 3}, at::kFloat)
                             .to(frame.device());
    const auto bias = at::from_blob(const_cast<float*>(latent_rgb.bias.data()), {3}, at::kFloat).to(frame.device());
    const Tensor rgb = at::matmul(frame.permute({1, 2, 0}), factors).add_(bias);  // [height, width, 3]
    return rgb.permute({2, 0, 1}).unsqueeze(1).unsqueeze(0);                      // [1, 3, 1, height, width]
}

std::vector<RgbFrame> preview_frames(const Tensor& latents, const models::LatentRgb& latent_rgb)
{
    const std::int64_t count = latents.size(1);
    const std::int64_t shown = std::min(count, kMostPictures);

    std::vector<RgbFrame> pictures;
    for (std::int64_t index = 0; index < shown; ++index) {
        const Tensor clip = preview_rgb(latents.select(1, index * count / shown), latent_rgb);
        pictures.push_back(std::move(to_rgb_frames(clip).front()));
    }
    return pictures;
}

}  // namespace headroom

#include "core/models/wan/vae_patches.h"

namespace headroom::models::wan {

Tensor patchify(const Tensor& pixels, std::int64_t patch)
{
    if (patch == 1) return pixels.contiguous();
    const Tensor split =
        pixels.unflatten(3, {-1, patch}).unflatten(2, {-1, patch});  // [frames, batch, height, row, width, column, colours]
    return split.permute({0, 1, 2, 4, 6, 5, 3}).flatten(4).contiguous();
}

Tensor unpatchify(const Tensor& patches, std::int64_t patch)
{
    if (patch == 1) return patches.contiguous();
    const Tensor split = patches.unflatten(4, {-1, patch, patch});  // [frames, batch, height, width, colours, column, row]
    return split.permute({0, 1, 2, 6, 3, 5, 4}).flatten(4, 5).flatten(2, 3).contiguous();
}

}  // namespace headroom::models::wan

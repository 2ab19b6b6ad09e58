#pragma once

#include <cstdint>
#include <stop_token>

#include "core/base/result.h"
#include "core/engine/plan.h"
#include "core/memory/weight_source.h"
#include "core/models/hunyuan_video/vae_encoder.h"
#include "core/models/vae_tiles.h"

namespace headroom::models::hunyuan_video {

/// The pictures of a batch of clips.
struct EncodeShape {
    std::int64_t batch = 1;
    std::int64_t frames = 1;  ///< The most that will come; the latents' memory is laid out for them.
    std::int64_t height = 0;  ///< Pixels.
    std::int64_t width = 0;   ///< Pixels.
};

/// An encode under way: takes pixel frames as they come, so that a clip never exists whole, and gives its latents. What it keeps
/// beside the latents does not depend on the number of frames: the pixels of one tile of time. One thread at a time uses it.
///
/// In time it is tiled as diffusers does by default (TimeTiles). The one latent over which a later tile fades in has no weight
/// there, so it is the earlier tile's, and a last tile that would give that one alone is not computed. Frames at the end that
/// fill no latent are left out (diffusers lets them into the last tile's norms).
class VaeEncoding {
public:
    /// `options` has the dtype and device of the weights. Encoder and source must outlive the result. Errors: Usage for strips
    /// below 1, for tiles that check_tiles refuses, for pictures that are not whole latents.
    static Result<VaeEncoding> begin(VaeEncoder& encoder, const EncodeShape& shape, const VaePlan& how, at::TensorOptions options,
                                     memory::WeightSource& weights, std::stop_token stop = {});

    /// The next frames, any number of them: [batch, 3, frames, height, width] in [-1, 1], of any float dtype, on any device.
    /// Computes as soon as a tile is full: after 17 frames, then every 12. Frames beyond the shape's are passed over. Errors:
    /// BadInput for another shape; Cancelled, after which the encode can't go on.
    Result<void> push(const Tensor& frames);

    /// Computes what is left and gives the latents, scaled as the transformer takes them: [batch, latent_channels, latent frames,
    /// height / scale, width / scale], float32, in the computer's memory (in a dry run on `meta`). Nothing can be pushed
    /// afterwards. Errors: BadInput when no frame came; Cancelled.
    Result<Tensor> finish();

private:
    VaeEncoding(VaeEncoder& encoder, const EncodeShape& shape, const VaePlan& how, TileGrid grid, at::TensorOptions options,
                memory::WeightSource& weights, std::stop_token stop);

    Result<void> run_tile(std::int64_t frames);

    VaeEncoder* m_encoder;
    memory::WeightSource* m_weights;
    BlockRun m_run;
    TileGrid m_grid;  // In latent positions: a latent counts for a pixel of it.

    Tensor m_pending;  // Pixels of a tile of time: [17, batch, height, width, 3]; the first m_pending_frames are filled.
    std::int64_t m_pending_frames = 0;
    std::int64_t m_frames_left;
    Tensor m_latents;  // [batch, latent_channels, latent frames, height / scale, width / scale]
    std::int64_t m_latents_done = 0;
};

}  // namespace headroom::models::hunyuan_video

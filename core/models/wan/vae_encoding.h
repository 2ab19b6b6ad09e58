#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/engine/plan.h"
#include "core/memory/weight_source.h"
#include "core/models/vae_tiles.h"
#include "core/models/wan/vae_encoder.h"

namespace headroom::models::wan {

/// The pictures of a batch of clips.
struct EncodeShape {
    std::int64_t batch = 1;
    std::int64_t frames = 1;  ///< The most that will come; the latents' memory is laid out for them.
    std::int64_t height = 0;  ///< Pixels.
    std::int64_t width = 0;   ///< Pixels.
};

/// An encode under way: takes pixel frames as they come, so that a clip never exists whole, and gives its latents. What it
/// keeps beside the latents does not depend on the number of frames. One thread at a time uses it.
///
/// The first frame becomes the first latent; then each scale_factor_temporal frames become one. Frames at the end that don't
/// fill a latent are left out, as diffusers does.
class VaeEncoding {
public:
    /// `options` has the dtype and device of the weights. Encoder and source must outlive the result. Errors: Usage for a
    /// chunk of other than 1 or 2 latents, for tiles that check_tiles refuses, for pictures that are not whole latents.
    static Result<VaeEncoding> begin(VaeEncoder& encoder, const EncodeShape& shape, const VaePlan& how, at::TensorOptions options,
                                     memory::WeightSource& weights, std::stop_token stop = {});

    /// The next frames, any number of them: [batch, 3, frames, height, width] in [-1, 1], of any float dtype, on any
    /// device. Computes as soon as a chunk is full. Frames beyond the shape's are passed over. Errors: BadInput for another
    /// shape; Cancelled, after which the encode can't go on.
    Result<void> push(const Tensor& frames);

    /// Computes what is left and gives the latents, normalised as the transformer takes them: [batch, z_dim, latent frames,
    /// height / scale, width / scale], float32, in the computer's memory (in a dry run on `meta`). Nothing can be pushed
    /// afterwards. Errors: BadInput when no frame came; Cancelled.
    Result<Tensor> finish();

    /// Bytes kept for the next chunk, and how many of them are in the computer's memory although the device is another.
    std::int64_t past_bytes() const;
    std::int64_t parked_bytes() const;

private:
    VaeEncoding(VaeEncoder& encoder, const EncodeShape& shape, const VaePlan& how, TileGrid grid, at::TensorOptions options,
                memory::WeightSource& weights, std::stop_token stop);

    Result<void> run_chunk(std::int64_t frames);

    VaeEncoder* m_encoder;
    memory::WeightSource* m_weights;
    std::stop_token m_stop;
    TileGrid m_grid;                       ///< In latent positions: a latent counts for a pixel of it.
    std::vector<VaeEncoderPass> m_passes;  ///< One for each tile, in reading order.

    Tensor m_pending;  // [frames of a chunk, batch, height, width, 3]; the first m_pending_frames are filled
    std::int64_t m_pending_frames = 0;
    std::int64_t m_frames_left;
    Tensor m_latents;  // [batch, z_dim, latent frames, height / scale, width / scale]
    std::int64_t m_latents_done = 0;
};

}  // namespace headroom::models::wan

#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/engine/plan.h"
#include "core/memory/weight_source.h"
#include "core/models/cogvideox/vae_encoder.h"
#include "core/models/vae_tiles.h"

namespace headroom::models::cogvideox {

/// The pictures of a batch of clips.
struct EncodeShape {
    std::int64_t batch = 1;
    /// That will come. The first batch takes what a whole number of batches leaves over, so that it must be known.
    std::int64_t frames = 1;
    std::int64_t height = 0;  ///< Pixels.
    std::int64_t width = 0;   ///< Pixels.
};

/// An encode under way: takes pixel frames as they come, so that a clip never exists whole, and gives its latents. What it keeps
/// beside the latents does not depend on the number of frames. One thread at a time uses it.
///
/// Eight frames are encoded at once, and in the first batch what is left over too, as the reference does.
class VaeEncoding {
public:
    /// `options` has the dtype and device of the weights. Encoder and source must outlive the result. Errors: Usage for strips
    /// and tiles that can't be made (see check_tiles) and for pictures that are not whole latents.
    static Result<VaeEncoding> begin(VaeEncoder& encoder, const EncodeShape& shape, const VaePlan& how, at::TensorOptions options,
                                     memory::WeightSource& weights, std::stop_token stop = {});

    /// The next frames, any number of them: [batch, 3, frames, height, width] in [-1, 1], of any float dtype, on any device.
    /// Computes as soon as a batch is full. Frames beyond the shape's are passed over. Errors: BadInput for another shape;
    /// Cancelled, after which the encode can't go on.
    Result<void> push(const Tensor& frames);

    /// Computes what is left and gives the latents, scaled as the transformer takes them: [batch, latent_channels, latent frames,
    /// height / scale, width / scale], float32, in the computer's memory (in a dry run on `meta`). When fewer frames came than
    /// were said, the last ones that fill no latent are left out. Nothing can be pushed afterwards. Errors: BadInput when no
    /// frame came; Cancelled.
    Result<Tensor> finish();

    /// Bytes kept for the next batch, and how many of them are in the computer's memory although the device is another.
    std::int64_t past_bytes() const;
    std::int64_t parked_bytes() const;

private:
    VaeEncoding(VaeEncoder& encoder, const EncodeShape& shape, const VaePlan& how, TileGrid grid, at::TensorOptions options,
                memory::WeightSource& weights, std::stop_token stop);

    Result<void> run_batch(std::int64_t frames, Keep keep);

    VaeEncoder* m_encoder;
    memory::WeightSource* m_weights;
    std::stop_token m_stop;
    TileGrid m_grid;                     // In latent positions: a latent counts for a pixel of it.
    std::vector<EncodedRegion> m_tiles;  // In the grid's order.

    Tensor m_pending;  // [frames of the first batch, batch, height, width, 3]; the first m_pending_frames are filled
    std::int64_t m_pending_frames = 0;
    std::int64_t m_frames_left;
    Tensor m_latents;  // [batch, latent_channels, latent frames, latent height, latent width]
    std::int64_t m_latents_done = 0;
};

}  // namespace headroom::models::cogvideox

#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/nn/group_norm.h"

namespace headroom::models::cogvideox {

// A layer's group norm has statistics of whole frames, so layers can't be passed by one band after the other. Instead each layer
// is computed in horizontal bands: what a convolution reads (normalised, conditioned on the latents, enlarged) exists for a band
// only, while features lie frame by frame, so that a layer can give up the frames of its input as it goes.

/// Features of consecutive frames: each [batch, height, width, channels], contiguous.
using Frames = std::vector<Tensor>;

/// What a convolution reads, which need not exist as such.
struct LayerInput {
    std::int64_t frames = 0;
    std::int64_t batch = 0;
    std::int64_t height = 0;
    std::int64_t width = 0;
    std::int64_t channels = 0;
    /// Writes rows [top, top + rows) of a frame to `to`: [batch, rows, width, channels], any strides; on the CPU float32,
    /// elsewhere the features' dtype.
    std::function<void(Tensor to, std::int64_t frame, std::int64_t top)> read;

    std::int64_t numbers_per_item() const { return frames * height * width * channels; }
};

// The frames must outlive what they are read from; each must be there while it is read.

LayerInput as_they_are(const Frames& frames);
/// silu(map(frames)).
LayerInput normalised(const Frames& frames, nn::ChannelMap map);

/// A norm's map that depends on the latents: each [latent frames, batch, latent height, latent width, channels], float32. Every
/// latent position counts for the pixels (and frames) it stands for.
struct LatentMap {
    Tensor scale;
    Tensor shift;
};
/// silu(frames · scale + shift).
LayerInput conditioned(const Frames& frames, LatentMap map);

/// Twice the height and width, each pixel four times.
LayerInput enlarged(const Frames& frames);
/// Means of two frames; of an odd number the first is left as it is.
LayerInput halved_in_time(const Frames& frames);

/// Statistics of the frames together.
nn::GroupStatistics statistics_of(const Frames& frames);

/// Calls visit(i) for i in [first, last), where all do alike work and leave nothing behind: a dry run walks one for all.
void for_each_alike(std::int64_t first, std::int64_t last, const std::function<void(std::int64_t)>& visit);

/// Which of `latents` latent frames a frame of features belongs to: nearest, but of an odd number above 1 the first to the first.
std::int64_t latent_of(std::int64_t frame, std::int64_t frames, std::int64_t latents);

}  // namespace headroom::models::cogvideox

#pragma once

#include <cstdint>

#include "core/nn/causal_conv3d.h"

namespace headroom::nn {

/// A 3×3 convolution that halves height and width: position i of the result sees rows (and columns) 2i, 2i+1 and 2i+2,
/// zeros standing beyond the bottom and right edges. An odd last row or column is seen by its neighbours only. Keys:
/// `weight` [out, in, 3, 3], `bias` [out].
struct HalvingConv2d {
    Parameter weight;
    Parameter bias;

    void declare(const Declare& declare, std::int64_t in_channels, std::int64_t out_channels);

    /// x: [images, height, width, in], height and width 2 or more → [images, height / 2, width / 2, out], contiguous.
    /// Half types on the CPU are computed in float32.
    Tensor forward(const Tensor& x) const;
};

/// A causal 3×1×1 convolution of stride 2 in time: it halves the frame rate. Frame i of the result sees the last frame
/// before the chunk and the chunk's own, 2i to 2i+2 of them joined. Keys: `weight` [channels, channels, 3, 1, 1],
/// `bias` [channels].
struct FrameHalvingConv {
    Parameter weight;
    Parameter bias;

    void declare(const Declare& declare, std::int64_t channels);

    /// x: [frames, batch, height, width, channels]. A clip's first chunk, which is one frame, passes unchanged; a later
    /// one of an even number of frames becomes [frames / 2, batch, height, width, channels]. Of the past, the newest frame
    /// counts.
    Tensor forward(Tensor x, CausalHistory& past) const;
};

}  // namespace headroom::nn

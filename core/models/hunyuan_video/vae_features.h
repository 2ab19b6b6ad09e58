#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/nn/group_norm.h"
#include "core/nn/piece_conv3d.h"

namespace headroom::models::hunyuan_video {

// A layer's group norm needs statistics of whole frames of all times, so unlike Wan's layers these can't be passed band by band
// together. Instead each layer is computed in pieces: its temporaries (the normalised input with replicated edges, the result
// before it is stored) exist for a horizontal band only, while its input and result lie frame by frame, so that a layer can
// give up the frames of its input as it goes.

/// Features of consecutive frames: each [batch, height, width, channels], contiguous.
using Frames = std::vector<Tensor>;

nn::GroupStatistics statistics_of(const Frames& frames);

/// What a convolution reads, which need not exist as such.
struct LayerInput {
    std::int64_t frames = 0;
    std::int64_t batch = 0;
    std::int64_t height = 0;
    std::int64_t width = 0;
    std::int64_t channels = 0;
    /// Writes rows [top, top + rows) of a frame to `to`: [batch, rows, width, channels], any strides, of any float dtype.
    std::function<void(Tensor to, std::int64_t frame, std::int64_t top)> read;
};

// The frames must outlive what they are read from; each must be there while it is read.

LayerInput as_they_are(const Frames& frames);
/// silu(map(frames)).
LayerInput normalised(const Frames& frames, nn::ChannelMap map);

/// Every pixel becomes `scale` × `scale`; with doubled frames each but the first becomes two.
struct Enlargement {
    std::int64_t scale = 1;
    bool doubles_frames = false;

    std::int64_t frames(std::int64_t of_input) const { return doubles_frames ? 2 * of_input - 1 : of_input; }
    std::int64_t source(std::int64_t frame) const { return doubles_frames ? (frame + 1) / 2 : frame; }
};
LayerInput enlarged(const Frames& frames, Enlargement enlargement);

/// Frames [first, first + count).
struct FrameRange {
    std::int64_t first = 0;
    std::int64_t count = 0;
};
/// Ranges of a few frames that make up [0, frames), from the last to the first: a causal layer that has computed a range needs
/// the input's frames of later ones no more.
std::vector<FrameRange> ranges_from_the_end(std::int64_t frames);

/// A 3×3×3 convolution whose input has its edges replicated in space, and its first frame before it. Keys: `conv.weight`
/// [out, in, 3, 3, 3], `conv.bias` [out].
struct VaeConv {
    nn::Parameter weight;
    nn::Parameter bias;
    nn::ConvStrides strides;

    void declare(const nn::Declare& declare, std::int64_t in_channels, std::int64_t out_channels, nn::ConvStrides strides = {});

    std::int64_t frames_of(const LayerInput& input) const { return (input.frames - 1) / strides.time + 1; }
    std::int64_t height_of(const LayerInput& input) const { return (input.height - 1) / strides.space + 1; }
    std::int64_t width_of(const LayerInput& input) const { return (input.width - 1) / strides.space + 1; }
};

/// A VaeConv at work on one input, in so many horizontal bands (fewer where there are fewer rows). The weights must be defined
/// while it lives.
class ConvInBands {
public:
    ConvInBands(const VaeConv& conv, LayerInput input, std::int64_t bands);

    /// Frames of the result.
    std::int64_t frames() const { return m_conv->frames_of(m_input); }
    Frames compute(FrameRange range) const;
    Frames compute() const { return compute({0, frames()}); }
    /// sum += compute(), in place.
    void add_to(Frames& sum) const;
    /// Writes all frames to picture: [frames, batch, height, width, out].
    void write_to(Tensor& picture) const;

private:
    Tensor padded(FrameRange range, std::int64_t top, std::int64_t rows) const;
    template <typename Visit>
    void for_each_band(FrameRange range, const Visit& visit) const;

    const VaeConv* m_conv;
    LayerInput m_input;
    std::int64_t m_bands;
    nn::PieceConv3d m_kernel;
};

}  // namespace headroom::models::hunyuan_video

#pragma once

#include <cstdint>

#include "core/models/cogvideox/conv_past.h"
#include "core/models/cogvideox/vae_features.h"
#include "core/nn/parameter.h"
#include "core/nn/piece_conv3d.h"

namespace headroom::models::cogvideox {

/// Whether a later batch will ask for what this one leaves behind.
enum class Keep { Past, Nothing };

/// How a layer is computed; the result is the same.
struct BandSize {
    /// A layer's input is divided into as few horizontal bands as have at most so many numbers of one item each. 0: no bands.
    std::int64_t numbers = 0;

    std::int64_t bands(const LayerInput& input, std::int64_t rows) const;
};

/// A causal 3×3×3 convolution: zeros around the pictures; before the first batch its first frame stands, before a later one the
/// end of the batch before it. Keys: `conv.weight` [out, in, 3, 3, 3], `conv.bias` [out].
struct VaeConv {
    nn::Parameter weight;
    nn::Parameter bias;

    void declare(const nn::Declare& declare, std::int64_t in_channels, std::int64_t out_channels);
};

/// A 3×3 convolution of each frame alone. It keeps the size (zeros around the picture), or halves height and width (zeros at the
/// bottom and right). Keys: `conv.weight` [out, in, 3, 3], `conv.bias` [out].
struct PictureConv {
    enum class Size { Kept, Halved };

    nn::Parameter weight;
    nn::Parameter bias;
    Size size = Size::Kept;

    void declare(const nn::Declare& declare, std::int64_t in_channels, std::int64_t out_channels, Size result_size);
};

/// A convolution at work on one batch, band by band. The weights must be defined while it lives.
class BandedConv {
public:
    /// past: of this convolution; replaced by the batch's end as the result is computed, which happens once, unless nothing is
    /// kept.
    BandedConv(const VaeConv& conv, LayerInput input, BandSize bands, ConvPast& past, Keep keep);
    BandedConv(const PictureConv& conv, LayerInput input, BandSize bands);

    // Of a VaeConv, all frames at once:
    Frames compute();
    /// sum += compute(), in place.
    void add_to(Frames& sum);
    /// The same as one tensor: [frames, batch, height, width, out].
    Tensor compute_picture();

    /// Of a PictureConv, one frame: [batch, height, width, out].
    Tensor compute_frame(std::int64_t frame);

private:
    /// Frames [first, first + count), which must be all with a past.
    struct Range {
        std::int64_t first = 0;
        std::int64_t count = 0;
    };

    Tensor padded(Range range, std::int64_t top, std::int64_t rows);
    template <typename Visit>
    void for_each_band(Range range, const Visit& visit);

    LayerInput m_input;
    nn::PieceConv3d m_kernel;
    at::ScalarType m_dtype;  // Of the features.
    std::int64_t m_out_channels;
    std::int64_t m_zeros_before;  // Rows above and columns to the left.
    std::int64_t m_height;        // Of the result.
    std::int64_t m_width;
    std::int64_t m_bands;
    ConvPast* m_past = nullptr;
    Keep m_keep = Keep::Nothing;
};

}  // namespace headroom::models::cogvideox

#pragma once

#include <cstdint>

#include "core/tensor/tensor.h"

namespace headroom::models::wan {

// The shortcuts around whole levels in the residual form of Wan's autoencoder, that of Wan 2.2 TI2V (diffusers 0.42.1, DupUp3D
// and AvgDown3D in models/autoencoders/autoencoder_kl_wan.py). They have no weights: values are repeated where a level enlarges,
// averaged where it shrinks. Features as in vae_blocks.h.

/// Around a level of the decoder: every position becomes frame_factor · 2 · 2 of them. The channels of one position's copies,
/// copy by copy, are those of the input, each repeated as often as fills them.
class DuplicatingShortcut {
public:
    /// out_channels · frame_factor · 4 must be a multiple of in_channels.
    DuplicatingShortcut(std::int64_t in_channels, std::int64_t out_channels, std::int64_t frame_factor);

    /// result += what the shortcut makes of x, in place and without a tensor of the result's size. x: [frames, batch, height,
    /// width, in]; result: [result frames, batch, 2·height, 2·width, out], may be a view of rows. There are frame_factor · frames
    /// of the result; or as many as x has, in a clip's first chunk, for which of every frame's copies the last is taken.
    void add_to(Tensor& result, const Tensor& x) const;

private:
    Tensor copy_of(const Tensor& x, std::int64_t copy) const;

    std::int64_t m_frame_factor;
    std::int64_t m_copies;   ///< Of a position.
    std::int64_t m_repeats;  ///< Of a channel, over all copies.
};

/// Around a level of the encoder: frame_factor · edge_factor² positions become one. Channels of all these positions, those of the
/// input's first channel first, are averaged in as many groups as there are channels of the result.
class AveragingShortcut {
public:
    /// in_channels · frame_factor · edge_factor² must be a multiple of out_channels.
    AveragingShortcut(std::int64_t out_channels, std::int64_t frame_factor, std::int64_t edge_factor);

    /// result += what the shortcut makes of x, in place, some rows at a time. x: [frames, batch, height, width, in], may be a
    /// view of rows; result: [result frames, batch, height / edge_factor, width / edge_factor, out]. Where frame_factor doesn't
    /// divide the frames (in a clip's first chunk), frames of zeros stand before them.
    void add_to(Tensor& result, const Tensor& x) const;

private:
    std::int64_t m_out_channels;
    std::int64_t m_frame_factor;
    std::int64_t m_edge_factor;
};

}  // namespace headroom::models::wan

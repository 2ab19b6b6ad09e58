#pragma once

#include <cstdint>

#include "core/nn/parameter.h"

namespace headroom::nn {

/// The norm of Wan's autoencoder (WanRMS_norm of diffusers 0.42.1, models/autoencoders/autoencoder_kl_wan.py): x /
/// max(|x|, 1e-12) · sqrt(channels) · gamma, |x| being the length of a position's channel vector. No statistic crosses
/// positions, so bands and tiles of an image give what the whole gives. Key: `gamma` [channels, 1, 1] or [channels, 1,
/// 1, 1].
struct ChannelRmsNorm {
    Parameter gamma;

    /// `dimensions` (2 or 3) says which of the two shapes the checkpoint's gamma has.
    void declare(const Declare& declare, std::int64_t channels, int dimensions);

    /// x: [..., channels], contiguous, in gamma's dtype → the same shape and dtype. Half types are computed in float32.
    Tensor forward(const Tensor& x) const;
    /// x = silu(forward(x)) in place.
    void normalize_and_silu_(Tensor& x) const;
    /// silu(forward(x)).
    Tensor normalize_and_silu(const Tensor& x) const;

private:
    /// forward(x) in float32 for an x of a half type.
    Tensor widened(const Tensor& x) const;
};

}  // namespace headroom::nn

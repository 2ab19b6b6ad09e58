#pragma once

#include <cstdint>

#include "core/nn/parameter.h"

namespace headroom::nn {

/// Root-mean-square normalisation over the last dimension, as torch.nn.RMSNorm: x / sqrt(mean(x²) + eps) * weight in float32,
/// rounded once to x's dtype. diffusers' `rms_norm_across_heads` is this over all heads, before they are split. Key: `weight`
/// [dim].
struct RmsNorm {
    Parameter weight;
    double eps = 1e-6;

    void declare(const Declare& declare, std::int64_t dim, double epsilon);

    /// Normalises x: [batch, rows, dim] in place.
    void forward_in_place(Tensor& x) const;

    // The same in two steps, for rows of which only some channels are at hand at a time.

    /// What each row is divided by, inverted: 1 / sqrt(mean(x²) + eps). x: [batch, rows, dim] → [batch, rows, 1], float32.
    Tensor inverse_rms(const Tensor& x) const;
    /// Normalises some channels of x in place. part: [batch, rows, channels], those of x from `first_channel` on; inverse: of
    /// inverse_rms.
    void scale_in_place(const Tensor& part, const Tensor& inverse, std::int64_t first_channel) const;

private:
    Tensor inverse_of_wide(const Tensor& wide) const;
};

}  // namespace headroom::nn

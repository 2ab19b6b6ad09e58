#pragma once

#include <cstdint>

#include "core/nn/parameter.h"

namespace headroom::nn {

/// Means and variances of channel groups, gathered over as many parts of a tensor as it takes: the whole, its frames, its
/// bands. Each channel's are kept apart in float64 and brought together at the end, so that neither a large mean nor many
/// parts cost digits. Reading a part takes a float32 temporary of a megabyte (elsewhere than on the CPU, of 64) at most.
class GroupStatistics {
public:
    /// part: [frames, batch, height, width, channels] of any float dtype, its channels dense; any strides otherwise. All parts
    /// are of one batch and as many channels, and no position may be in two of them.
    void add(const Tensor& part);

    /// Numbers seen of each item's channel.
    std::int64_t count() const { return m_count; }
    /// Of each group: [batch, groups], float32. groups must divide the channels; the variance is that of the numbers seen (not an
    /// estimate for more).
    Tensor mean(std::int64_t groups) const;
    Tensor variance(std::int64_t groups) const;

private:
    void add_piece(const Tensor& piece, std::int64_t item, std::int64_t seen);

    std::int64_t m_count = 0;
    Tensor m_mean;    // [batch, channels], float64
    Tensor m_spread;  // The same: sums of squared distances from the mean.
};

/// What a group norm does to each channel once the statistics are known: x · scale + shift. Both [batch, channels], float32.
struct ChannelMap {
    enum class Then { Nothing, Silu };

    Tensor scale;
    Tensor shift;

    /// to = x · scale + shift, then SiLU where asked for. x and to: [frames, batch, height, width, channels] of one shape, any
    /// part of the tensor that the statistics are of; channels dense. `to` may be x, or of another dtype. Computed in float32;
    /// half types on the CPU take a float32 temporary of a megabyte. The parts' numbers are the whole's, bit by bit, where the
    /// channels are a multiple of 32 (as in every published model): LibTorch's vector kernels round the rest of a row otherwise.
    void apply(const Tensor& x, Tensor to, Then then) const;
};

/// torch.nn.GroupNorm. Its statistics are of a whole tensor (each frame, row and column, an item of the batch alone), so a layer
/// that works in bands gathers them first and then maps band by band: the same numbers. Keys: `weight` [channels], `bias`
/// [channels].
struct GroupNorm {
    Parameter weight;
    Parameter bias;
    std::int64_t groups = 1;
    double eps = 1e-5;

    void declare(const Declare& declare, std::int64_t channels, std::int64_t group_count, double epsilon);

    /// What this norm does to the tensor that the statistics are of.
    ChannelMap map(const GroupStatistics& statistics) const;
    /// The same with the statistics of x: [frames, batch, height, width, channels].
    ChannelMap map(const Tensor& x) const;
};

}  // namespace headroom::nn

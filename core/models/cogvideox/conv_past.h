#pragma once

#include <cstdint>

#include "core/engine/request.h"
#include "core/tensor/tensor.h"

namespace headroom::models::cogvideox {

/// The last two input frames of one convolution: all that a batch must know of the batches before it. Read and replaced band by
/// band while the next batch is convolved, so that the old frames and the new never exist together.
class ConvPast {
public:
    static constexpr std::int64_t kFrames = 2;

    /// Where the frames lie between batches. On the CPU both are the same memory.
    explicit ConvPast(CachePlace place = CachePlace::Device) : m_place(place) {}

    /// Whether no batch was convolved to its end yet.
    bool is_empty() const { return m_is_empty; }
    /// Writes rows [top, top + rows) to `to`: [2, batch, rows, width, channels], any strides, any float dtype. Of the rows that
    /// were replaced in this pass, the last alone can still be read.
    void read(Tensor to, std::int64_t top) const;
    /// Replaces rows [top, top + rows) by those of the batch under way. In a pass they come from the top down to the last of
    /// `height`. rows: [2, batch, rows, width, channels], any strides; kept in `dtype`.
    void replace(const Tensor& rows, std::int64_t top, std::int64_t height, at::ScalarType dtype);

    /// Bytes held, wherever.
    std::int64_t size_bytes() const { return m_frames.defined() ? std::int64_t(m_frames.nbytes()) : 0; }
    /// Those that lie in the computer's memory although the batches are elsewhere.
    std::int64_t parked_bytes() const { return m_is_parked ? size_bytes() : 0; }

private:
    void lay_out(const Tensor& rows, std::int64_t height, at::ScalarType dtype);
    Tensor fetch(std::int64_t top, std::int64_t rows) const;
    void store(const Tensor& rows, std::int64_t top);

    CachePlace m_place;
    bool m_is_parked = false;
    bool m_is_empty = true;
    at::TensorOptions m_options;  // Of the batches, in the dtype that is kept.
    Tensor m_frames;              // [2, batch, height, width, channels]; page-locked for a GPU.
    Tensor m_above;               // What the row above m_replaced was before this pass: [2, batch, 1, width, channels].
    std::int64_t m_replaced = 0;  // Rows replaced in the pass under way.
};

}  // namespace headroom::models::cogvideox

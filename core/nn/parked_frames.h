#pragma once

#include <cstdint>
#include <vector>

#include "core/tensor/tensor.h"

namespace headroom::nn {

/// The last two frames of a device's features, kept in the computer's memory: they cost the device nothing between uses. Copies
/// in both directions are ordered with the device's other work, so that nobody waits for them. Of `meta` tensors only the shape
/// is kept.
class ParkedFrames {
public:
    static constexpr std::int64_t kFrames = 2;

    /// Keeps the last two frames of a chunk; of a single frame, that one and the newest before it. chunk: [frames, …], dense.
    void push(const Tensor& chunk);
    /// The newest `count` frames (1 or 2) on the device they came from, oldest first: a new tensor [count, …]. As many must have
    /// been pushed.
    Tensor fetch(std::int64_t count) const;
    /// Bytes kept.
    std::int64_t size_bytes() const;

private:
    std::vector<std::int64_t> m_shape;  // Empty before the first push.
    at::TensorOptions m_options;        // Of the chunks.
    Tensor m_slots;                     // [2, …]; page-locked for a GPU; on meta in a dry run, which counts it as the host's.
    std::int64_t m_newest = 0;          // The slots take turns, so that a frame is never moved within.
};

}  // namespace headroom::nn

#pragma once

#include <cstdint>

#include "core/nn/parameter.h"
#include "core/nn/parked_frames.h"

namespace headroom::nn {

// Video features here are [frames, batch, height, width, channels], contiguous: a range of frames is one piece of
// memory whatever the batch, so neither the taps of a temporal kernel nor a convolution's past need a copy.

/// The last two input frames of one causal convolution: all that a chunk must know of the chunks before it. Frames
/// before the first are zeros, and are not stored. Weights and past are separate so that several decodes (tiles) can
/// share a model.
///
/// The frames are copied to a buffer of two, since a view would keep a whole chunk of up to eight frames alive.
class CausalHistory {
public:
    static constexpr std::int64_t kFrames = ParkedFrames::kFrames;

    /// Where the frames lie between chunks. On the CPU both are the same memory.
    enum class Place { Device, Host };
    CausalHistory() = default;
    explicit CausalHistory(Place place) : m_place(place) {}

    /// How many frames of the past there are: 0, 1 or 2.
    std::int64_t frames() const { return m_frames; }
    /// The frames of the past, oldest first: [frames(), batch, height, width, channels]. Undefined when there are none. Those
    /// that lie on the host are fetched by each call.
    Tensor tail() const;
    /// Remembers the end of a chunk that was just convolved: [frames, batch, height, width, channels].
    void push(const Tensor& chunk);
    /// Bytes held, wherever.
    std::int64_t size_bytes() const;
    /// Those that lie in the computer's memory although the chunks are elsewhere.
    std::int64_t parked_bytes() const { return m_parked.size_bytes(); }

private:
    Place m_place = Place::Device;
    ParkedFrames m_parked;  // Place::Host, of chunks that are not there themselves
    Tensor m_buffer;        // [2, batch, height, width, channels]; the frames that there are lie at its end
    std::int64_t m_frames = 0;
};

/// Convolution over time and space, causal in time: frame t of the result sees frames t-2, t-1 and t of past and chunk.
/// Kernel 3×k×k, k odd; space is padded with zeros to keep its size. x: [frames, batch, height, width, in]; weight:
/// [out, in, 3, k, k]; bias: [out]; all of one dtype → [frames, batch, height, width, out]. `history` then holds the
/// chunk's end.
Tensor causal_conv3d(const Tensor& x, const Tensor& weight, const Tensor& bias, CausalHistory& history);

/// sum += causal_conv3d(x, …), in place. sum: [frames, batch, height, width, out], contiguous.
void add_causal_conv3d(Tensor& sum, const Tensor& x, const Tensor& weight, const Tensor& bias, CausalHistory& history);

/// The way causal_conv3d goes on the CPU: each of the three temporal taps is a 2D convolution that adds to the result
/// in place. No copy of the input, no workspace, and no work for the zeros before the first frame.
Tensor causal_conv3d_by_taps(const Tensor& x, const Tensor& weight, const Tensor& bias, const CausalHistory& history);
/// The way on other devices: one 3D convolution over past and chunk joined, rounded to a half type once instead of
/// after each tap.
Tensor causal_conv3d_joined(const Tensor& x, const Tensor& weight, const Tensor& bias, const CausalHistory& history);

/// A causal 3×3×3 convolution. Keys: `weight` [out, in, 3, 3, 3], `bias` [out].
struct CausalConv3d {
    Parameter weight;
    Parameter bias;

    void declare(const Declare& declare, std::int64_t in_channels, std::int64_t out_channels);

    /// x: [frames, batch, height, width, in] → [frames, batch, height, width, out].
    Tensor forward(const Tensor& x, CausalHistory& history) const;
    /// sum += forward(x, history), in place.
    void add_to(Tensor& sum, const Tensor& x, CausalHistory& history) const;
};

/// A causal 3×1×1 convolution to twice the channels whose halves become two frames: it doubles the frame rate. Keys:
/// `weight` [2·channels, channels, 3, 1, 1], `bias` [2·channels].
struct FrameDoublingConv {
    Parameter weight;
    Parameter bias;

    void declare(const Declare& declare, std::int64_t channels);

    /// x: [frames, batch, height, width, channels] → [2·frames, batch, height, width, channels].
    Tensor forward(const Tensor& x, CausalHistory& history) const;
};

}  // namespace headroom::nn

#pragma once

#include <memory>

#include "core/base/result.h"
#include "core/base/rgb_frame.h"

namespace headroom::media {

/// Scales pictures of one size to another (bicubic; when shrinking, over all pixels that a new one covers). The aspect ratio
/// follows the sizes. One thread at a time uses it.
class FrameScaler {
public:
    /// Sizes in pixels. Errors: BadInput for sizes that FFmpeg can't scale.
    static Result<FrameScaler> create(int from_width, int from_height, int to_width, int to_height);
    FrameScaler(FrameScaler&&) noexcept;
    FrameScaler& operator=(FrameScaler&&) noexcept;
    ~FrameScaler();

    /// `picture` has the size scaled from.
    Result<RgbFrame> scale(const RgbFrame& picture);

private:
    struct State;
    explicit FrameScaler(std::unique_ptr<State> state);

    std::unique_ptr<State> m_state;
};

}  // namespace headroom::media

#pragma once

#include "core/base/result.h"
#include "core/base/rgb_frame.h"
#include "core/media/ffmpeg_ptr.h"

namespace headroom::media {

/// How the pixels of one side of a conversion lie. Matrix and range are read for YUV formats only.
struct PixelLayout {
    int width = 0;
    int height = 0;
    AVPixelFormat format = AV_PIX_FMT_NONE;
    AVColorSpace matrix = AVCOL_SPC_BT709;
    AVColorRange range = AVCOL_RANGE_MPEG;

    bool operator==(const PixelLayout&) const = default;
};

/// The layout of a decoded frame. Untagged YUV counts as BT.601 below 720 rows and as BT.709 from there, as players take it.
PixelLayout layout_of(const AVFrame& frame);

/// Converts frames between RGB and YUV formats of one size by the stated matrix, with accurate rounding and chroma sited left.
class PixelConverter {
public:
    /// Errors: BadInput when FFmpeg has no such conversion.
    static Result<PixelConverter> create(const PixelLayout& from, const PixelLayout& to);

    /// `source` has the layout converted from, `target` owns pixels of the layout converted to.
    Result<void> convert(const AVFrame& source, AVFrame& target) const;

private:
    explicit PixelConverter(SwsContextPtr context) : m_context(std::move(context)) {}

    SwsContextPtr m_context;
};

/// A frame with pixels of its own, rows padded as FFmpeg's fast paths need it.
Result<FramePtr> make_frame(int width, int height, AVPixelFormat format);

/// Copies a picture into the rows of an rgb24 frame of the same size, and back.
void copy_to_frame(const RgbFrame& picture, AVFrame& frame);
RgbFrame copy_from_frame(const AVFrame& frame);

}  // namespace headroom::media

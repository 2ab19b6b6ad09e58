#include "core/media/pixel_converter.h"

#include <cstring>

#include "core/media/ffmpeg_error.h"

extern "C" {
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
}

namespace headroom::media {

namespace {

constexpr int kHighDefinitionRows = 720;
constexpr int kOne = 1 << 16;      // swscale's fixed-point 1.0
constexpr int kLeftChromaX = 0;    // in 1/256 of a luma pixel: chroma sits on the left one of two columns,
constexpr int kLeftChromaY = 128;  // between two rows

bool is_rgb(AVPixelFormat format)
{
    const AVPixFmtDescriptor* descriptor = av_pix_fmt_desc_get(format);
    return descriptor && (descriptor->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0;
}

bool is_full_range_by_name(AVPixelFormat format)
{
    return format == AV_PIX_FMT_YUVJ420P || format == AV_PIX_FMT_YUVJ422P || format == AV_PIX_FMT_YUVJ444P ||
           format == AV_PIX_FMT_YUVJ440P || format == AV_PIX_FMT_YUVJ411P;
}

bool is_full_range(const PixelLayout& layout)
{
    return is_rgb(layout.format) || layout.range == AVCOL_RANGE_JPEG || is_full_range_by_name(layout.format);
}

void place_chroma(SwsContext* context, const char* side, AVPixelFormat format)
{
    const AVPixFmtDescriptor* descriptor = av_pix_fmt_desc_get(format);
    if (!descriptor || is_rgb(format) || descriptor->log2_chroma_w != 1 || descriptor->log2_chroma_h != 1) return;
    av_opt_set_int(context, fmt::format("{}_h_chr_pos", side).c_str(), kLeftChromaX, 0);
    av_opt_set_int(context, fmt::format("{}_v_chr_pos", side).c_str(), kLeftChromaY, 0);
}

}  // namespace

PixelLayout layout_of(const AVFrame& frame)
{
    PixelLayout layout{frame.width, frame.height, AVPixelFormat(frame.format), frame.colorspace, frame.color_range};
    if (layout.matrix == AVCOL_SPC_UNSPECIFIED || layout.matrix == AVCOL_SPC_RESERVED) {
        layout.matrix = frame.height < kHighDefinitionRows ? AVCOL_SPC_SMPTE170M : AVCOL_SPC_BT709;
    }
    return layout;
}

Result<PixelConverter> PixelConverter::create(const PixelLayout& from, const PixelLayout& to)
{
    SwsContextPtr context(sws_alloc_context());
    if (!context) return fail(ErrorCode::OutOfMemory, "no memory for the conversion of a frame");
    const std::pair<const char*, int> settings[] = {
        {"srcw", from.width},
        {"srch", from.height},
        {"src_format", from.format},
        {"dstw", to.width},
        {"dsth", to.height},
        {"dst_format", to.format},
        {"sws_flags", SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP}};
    for (const auto& [name, value] : settings) av_opt_set_int(context.get(), name, value, 0);
    place_chroma(context.get(), "src", from.format);
    place_chroma(context.get(), "dst", to.format);
    if (const int status = sws_init_context(context.get(), nullptr, nullptr); status < 0) {
        return fail(ErrorCode::BadInput, "pixels in the format {} can't be converted ({})", av_get_pix_fmt_name(from.format),
                    ffmpeg_message(status));
    }
    if (!is_rgb(from.format) || !is_rgb(to.format)) {
        const int* coefficients = sws_getCoefficients(is_rgb(from.format) ? to.matrix : from.matrix);
        sws_setColorspaceDetails(context.get(), coefficients, is_full_range(from), coefficients, is_full_range(to), 0, kOne,
                                 kOne);
    }
    return PixelConverter(std::move(context));
}

Result<void> PixelConverter::convert(const AVFrame& source, AVFrame& target) const
{
    const int rows = sws_scale(m_context.get(), source.data, source.linesize, 0, source.height, target.data, target.linesize);
    if (rows != target.height) return fail(ErrorCode::Internal, "converting a frame gave {} of {} rows", rows, target.height);
    return {};
}

Result<FramePtr> make_frame(int width, int height, AVPixelFormat format)
{
    FramePtr frame(av_frame_alloc());
    if (frame) {
        frame->width = width;
        frame->height = height;
        frame->format = format;
    }
    if (!frame || av_frame_get_buffer(frame.get(), 0) < 0)
        return fail(ErrorCode::OutOfMemory, "no memory for a frame of {}x{} pixels", width, height);
    return frame;
}

void copy_to_frame(const RgbFrame& picture, AVFrame& frame)
{
    const std::size_t row_bytes = std::size_t(picture.width) * 3;
    for (int row = 0; row < picture.height; ++row) {
        std::memcpy(frame.data[0] + std::ptrdiff_t(row) * frame.linesize[0], picture.pixels.data() + std::size_t(row) * row_bytes,
                    row_bytes);
    }
}

RgbFrame copy_from_frame(const AVFrame& frame)
{
    const std::size_t row_bytes = std::size_t(frame.width) * 3;
    RgbFrame picture{frame.width, frame.height, std::vector<std::uint8_t>(row_bytes * std::size_t(frame.height))};
    for (int row = 0; row < frame.height; ++row) {
        std::memcpy(picture.pixels.data() + std::size_t(row) * row_bytes, frame.data[0] + std::ptrdiff_t(row) * frame.linesize[0],
                    row_bytes);
    }
    return picture;
}

}  // namespace headroom::media

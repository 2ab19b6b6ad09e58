#include "core/media/frame_scaler.h"

#include <utility>

#include "core/media/ffmpeg_error.h"
#include "core/media/pixel_converter.h"

namespace headroom::media {

namespace {

PixelLayout rgb_layout(int width, int height)
{
    return {width, height, AV_PIX_FMT_RGB24, AVCOL_SPC_RGB, AVCOL_RANGE_JPEG};
}

}  // namespace

struct FrameScaler::State {
    PixelConverter converter;
    FramePtr from;
    FramePtr to;
};

FrameScaler::FrameScaler(std::unique_ptr<State> state) : m_state(std::move(state)) {}
FrameScaler::FrameScaler(FrameScaler&&) noexcept = default;
FrameScaler& FrameScaler::operator=(FrameScaler&&) noexcept = default;
FrameScaler::~FrameScaler() = default;

Result<FrameScaler> FrameScaler::create(int from_width, int from_height, int to_width, int to_height)
{
    silence_ffmpeg();
    PixelConverter converter = TRY(PixelConverter::create(rgb_layout(from_width, from_height), rgb_layout(to_width, to_height)));
    FramePtr from = TRY(make_frame(from_width, from_height, AV_PIX_FMT_RGB24));
    FramePtr to = TRY(make_frame(to_width, to_height, AV_PIX_FMT_RGB24));
    return FrameScaler(std::make_unique<State>(State{std::move(converter), std::move(from), std::move(to)}));
}

Result<RgbFrame> FrameScaler::scale(const RgbFrame& picture)
{
    copy_to_frame(picture, *m_state->from);
    TRY(m_state->converter.convert(*m_state->from, *m_state->to));
    return copy_from_frame(*m_state->to);
}

}  // namespace headroom::media

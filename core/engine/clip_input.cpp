#include "core/engine/clip_input.h"

#include "core/base/cancel.h"
#include "core/engine/pixels.h"
#include "core/media/output_path.h"

namespace headroom {

Result<models::ClipSize> measure_clip(const std::filesystem::path& path, int most_frames, const std::stop_token& stop)
{
    auto reader = TRY(media::VideoReader::open(path));
    models::ClipSize size{reader.info().width, reader.info().height, 0};
    while (size.frames < most_frames && TRY(reader.next())) {
        TRY(check_not_cancelled(stop));
        ++size.frames;
    }
    return size;
}

Result<ClipInput> ClipInput::open(const std::filesystem::path& path, const models::ClipSize& size)
{
    ClipInput input(path, TRY(media::VideoReader::open(path)));
    const media::ClipInfo& info = input.m_reader.info();
    if (info.width != size.width || info.height != size.height) {
        input.m_scaler = TRY(media::FrameScaler::create(info.width, info.height, size.width, size.height));
    }
    return input;
}

Result<Tensor> ClipInput::next()
{
    auto frame = TRY(m_reader.next());
    if (!frame)
        return fail(ErrorCode::BadInput, "{} ended before the frames that it had when it was opened",
                    media::display_path(m_path));
    if (m_scaler) frame = TRY(m_scaler->scale(*frame));
    return to_pixels(*frame);
}

}  // namespace headroom

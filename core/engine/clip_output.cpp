#include "core/engine/clip_output.h"

#include <utility>

#include "core/media/output_path.h"
#include "core/media/video_writer.h"

namespace headroom {

Result<media::ClipMetadata> clip_metadata(const ClipSettings& settings)
{
    return media::make_clip_metadata(settings.request.output.store_prompt ? settings.request.prompt : "", to_json(settings));
}

Result<ClipOutput> ClipOutput::open(const OutputOptions& options, const media::VideoFormat& format,
                                    const media::ClipMetadata& metadata, int batch_item, RunListener& listener)
{
    ClipOutput output(batch_item, listener);
    if (options.path.empty()) return output;
    output.m_path = media::numbered_output_path(options.path, batch_item + 1);
    auto writer = TRY(media::open_frame_writer(output.m_path, format, metadata,
                                               options.overwrite ? media::Overwrite::Yes : media::Overwrite::No));
    output.m_encoder = std::make_unique<media::EncodeThread>(std::move(writer));
    return output;
}

Result<void> ClipOutput::add(RgbFrame frame)
{
    m_listener->frame_decoded(m_batch_item, m_frames, frame);
    ++m_frames;
    if (m_encoder) TRY(m_encoder->push(std::move(frame)));
    return {};
}

Result<std::filesystem::path> ClipOutput::finish()
{
    if (m_encoder) TRY(m_encoder->finish());
    return m_path;
}

}  // namespace headroom

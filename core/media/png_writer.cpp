#include <vector>

#include "core/media/ffmpeg_error.h"
#include "core/media/frame_pattern.h"
#include "core/media/output_path.h"
#include "core/media/part_file.h"
#include "core/media/sidecar.h"
#include "core/media/writers.h"

namespace headroom::media {

namespace {

/// Every frame is a part until finish() gives all of them their names.
class PngWriter : public FrameWriter {
public:
    PngWriter(WriteRequest request, FramePattern pattern, CodecContextPtr encoder, FramePtr picture, PacketPtr packet)
        : m_request(std::move(request)),
          m_pattern(std::move(pattern)),
          m_encoder(std::move(encoder)),
          m_picture(std::move(picture)),
          m_packet(std::move(packet))
    {
    }

    Result<void> write(const RgbFrame& frame) override
    {
        TRY(check_picture(frame, m_request.format.width, m_request.format.height));
        if (av_frame_make_writable(m_picture.get()) < 0) return fail(ErrorCode::OutOfMemory, "no memory for a frame");
        copy_to_frame(frame, *m_picture);
        const auto path = m_pattern.frame_path(std::int64_t(m_parts.size()) + 1);
        m_picture->pts = std::int64_t(m_parts.size());
        TRY(check_written(avcodec_send_frame(m_encoder.get(), m_picture.get()), "encoding", path));
        TRY(check_written(avcodec_receive_packet(m_encoder.get(), m_packet.get()), "encoding", path));
        m_parts.emplace_back(part_path(path));
        auto written = write_whole_file(m_parts.back().path(), m_packet->data, std::size_t(m_packet->size));
        av_packet_unref(m_packet.get());
        return written;
    }

    Result<void> finish() override
    {
        if (m_parts.empty())
            return fail(ErrorCode::Internal, "{} was to be finished without a frame", display_path(m_request.path));
        PartFile sidecar(part_path(m_pattern.sidecar_path()));
        const std::string text = sidecar_text({m_request.metadata, double(m_request.format.fps)});
        TRY(write_whole_file(sidecar.path(), text.data(), text.size()));
        if (m_request.overwrite == Overwrite::Yes) remove_older_frames();
        TRY(sidecar.publish(m_pattern.sidecar_path(), m_request.overwrite));
        std::int64_t number = 0;
        for (PartFile& part : m_parts) {
            auto published = part.publish(m_pattern.frame_path(++number), m_request.overwrite);
            if (!published) return keep_parts(std::move(published).error(), part.path());
        }
        return {};
    }

private:
    /// Frames of an older, longer clip would otherwise play on after this one.
    void remove_older_frames() const
    {
        std::error_code ignored;
        for (const std::int64_t number : m_pattern.existing_numbers()) {
            if (number < 1 || number > std::int64_t(m_parts.size()))
                std::filesystem::remove(m_pattern.frame_path(number), ignored);
        }
    }

    Result<void> keep_parts(Error error, const std::filesystem::path& first_kept)
    {
        error = with_kept_clip(std::move(error), first_kept);
        for (PartFile& part : m_parts) part.keep();
        return tl::unexpected(std::move(error));
    }

    WriteRequest m_request;
    FramePattern m_pattern;
    CodecContextPtr m_encoder;
    FramePtr m_picture;
    PacketPtr m_packet;
    std::vector<PartFile> m_parts;
};

}  // namespace

Result<std::unique_ptr<FrameWriter>> open_png_writer(WriteRequest request)
{
    FramePattern pattern = TRY(FramePattern::parse(request.path));
    const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_PNG);
    if (!codec)
        return fail(ErrorCode::BadOutput, "{} can't be written: this FFmpeg has no PNG encoder", display_path(request.path));
    CodecContextPtr encoder = TRY(make_encoder(codec, request.format, AV_PIX_FMT_RGB24));
    encoder->thread_count = 1;  // a packet for each frame at once
    TRY(check_written(avcodec_open2(encoder.get(), codec, nullptr), "opening the PNG encoder", request.path));
    FramePtr picture = TRY(make_frame(request.format.width, request.format.height, AV_PIX_FMT_RGB24));
    picture->color_primaries = encoder->color_primaries;
    picture->color_trc = encoder->color_trc;
    PacketPtr packet(av_packet_alloc());
    if (!packet) return fail(ErrorCode::OutOfMemory, "no memory for a video packet");
    return std::make_unique<PngWriter>(std::move(request), std::move(pattern), std::move(encoder), std::move(picture),
                                       std::move(packet));
}

}  // namespace headroom::media

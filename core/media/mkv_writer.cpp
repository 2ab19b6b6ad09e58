#include <algorithm>
#include <thread>

#include "core/media/ffmpeg_error.h"
#include "core/media/output_path.h"
#include "core/media/part_file.h"
#include "core/media/writers.h"

namespace headroom::media {

namespace {

constexpr int kMostThreads = 4;
constexpr int kSmallestSlicedSide = 16;

class MkvWriter : public FrameWriter {
public:
    MkvWriter(WriteRequest request, PartFile part, StreamWriter stream)
        : m_request(std::move(request)), m_part(std::move(part)), m_stream(std::move(stream))
    {
    }

    Result<void> write(const RgbFrame& frame) override { return m_stream.write(frame); }

    Result<void> finish() override
    {
        TRY(m_stream.finish());
        auto published = m_part.publish(m_request.path, m_request.overwrite);
        if (published) return {};
        const Error error = with_kept_clip(std::move(published).error(), m_part.path());
        m_part.keep();
        return tl::unexpected(error);
    }

private:
    WriteRequest m_request;
    PartFile m_part;
    StreamWriter m_stream;
};

}  // namespace

Result<StreamWriter> open_lossless_stream(const std::filesystem::path& path, const std::filesystem::path& final_path,
                                          const VideoFormat& format, const ClipMetadata& metadata)
{
    const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_FFV1);
    if (!codec)
        return fail(ErrorCode::BadOutput, "{} can't be written: this FFmpeg has no FFV1 encoder", display_path(final_path));
    CodecContextPtr encoder = TRY(make_encoder(codec, format, AV_PIX_FMT_0RGB32));
    encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    encoder->level = 3;     // version 3: slices with checksums
    encoder->gop_size = 1;  // every frame stands alone
    encoder->slices = std::min(format.width, format.height) < kSmallestSlicedSide ? 1 : 4;
    encoder->thread_count = std::clamp(int(std::thread::hardware_concurrency()), 1, kMostThreads);
    encoder->thread_type = FF_THREAD_SLICE;  // frame threads would hold frames back from a file that may be cut off
    TRY(check_written(avcodec_open2(encoder.get(), codec, nullptr), "opening the FFV1 encoder", final_path));
    return StreamWriter::open(path, final_path, {"matroska", {}}, std::move(encoder), metadata);
}

Result<std::unique_ptr<FrameWriter>> open_mkv_writer(WriteRequest request)
{
    PartFile part(part_path(request.path));
    StreamWriter stream = TRY(open_lossless_stream(part.path(), request.path, request.format, request.metadata));
    return std::make_unique<MkvWriter>(std::move(request), std::move(part), std::move(stream));
}

}  // namespace headroom::media

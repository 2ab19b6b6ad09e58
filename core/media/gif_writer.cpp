#include "core/media/ffmpeg_error.h"
#include "core/media/filter_graph.h"
#include "core/media/output_path.h"
#include "core/media/part_file.h"
#include "core/media/sidecar.h"
#include "core/media/stream_reader.h"
#include "core/media/writers.h"

namespace headroom::media {

namespace {

constexpr int kPaletteSide = 16;

Result<StreamWriter> open_gif_stream(const std::filesystem::path& path, const WriteRequest& request)
{
    const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_GIF);
    if (!codec)
        return fail(ErrorCode::BadOutput, "{} can't be written: this FFmpeg has no GIF encoder", display_path(request.path));
    CodecContextPtr encoder = TRY(make_encoder(codec, request.format, AV_PIX_FMT_PAL8));
    TRY(check_written(avcodec_open2(encoder.get(), codec, nullptr), "opening the GIF encoder", request.path));
    return StreamWriter::open(path, request.path, {"gif", {{"loop", "0"}}}, std::move(encoder), {});
}

/// A GIF has one palette for the whole clip, so two passes: while frames come in they are counted for the palette and kept,
/// lossless, in the part; at the end they are read back one by one and drawn with it. Memory does not grow with the clip.
class GifWriter : public FrameWriter {
public:
    GifWriter(WriteRequest request, PartFile part, StreamWriter spool, FilterGraph palette, FramePtr picture)
        : m_request(std::move(request)),
          m_part(std::move(part)),
          m_spool(std::move(spool)),
          m_palette(std::move(palette)),
          m_picture(std::move(picture))
    {
    }

    Result<void> write(const RgbFrame& frame) override
    {
        TRY(m_spool.write(frame));
        if (av_frame_make_writable(m_picture.get()) < 0) return fail(ErrorCode::OutOfMemory, "no memory for a frame");
        copy_to_frame(frame, *m_picture);
        m_picture->pts = m_frames++;
        return m_palette.push(0, m_picture.get());
    }

    Result<void> finish() override
    {
        TRY(m_spool.finish());
        auto completed = complete();
        if (completed) return {};
        const Error error = with_kept_clip(std::move(completed).error(), m_part.path());
        m_part.keep();
        return tl::unexpected(error);
    }

private:
    Result<void> complete()
    {
        TRY(m_palette.push(0, nullptr));
        const FramePtr palette = TRY(m_palette.pull());
        if (!palette) return fail(ErrorCode::Internal, "no palette was found for {}", display_path(m_request.path));
        PartFile whole(final_part_path(m_request.path));
        TRY(draw(*palette, whole.path()));
        PartFile sidecar(part_path(gif_sidecar_path(m_request.path)));
        if (!m_request.metadata.empty()) {
            const std::string text = sidecar_text({m_request.metadata, double(m_request.format.fps)});
            TRY(write_whole_file(sidecar.path(), text.data(), text.size()));
            TRY(sidecar.publish(gif_sidecar_path(m_request.path), m_request.overwrite));
        }
        return whole.publish(m_request.path, m_request.overwrite);
    }

    Result<void> draw(AVFrame& palette, const std::filesystem::path& path)
    {
        const VideoFormat& format = m_request.format;
        FilterGraph drawing =
            TRY(FilterGraph::create({{"frames", format.width, format.height, AV_PIX_FMT_RGB24, format.fps},
                                     {"palette", kPaletteSide, kPaletteSide, AVPixelFormat(palette.format), format.fps}},
                                    "[frames][palette]paletteuse=dither=sierra2_4a:diff_mode=rectangle[out]"));
        StreamWriter gif = TRY(open_gif_stream(path, m_request));
        palette.pts = 0;
        TRY(drawing.push(1, &palette));
        TRY(drawing.push(1, nullptr));
        StreamReader spool = TRY(StreamReader::open(m_part.path()));
        std::int64_t drawn = 0;
        while (const auto frame = TRY(spool.next())) {
            TRY(check_picture(*frame, format.width, format.height));
            if (av_frame_make_writable(m_picture.get()) < 0) return fail(ErrorCode::OutOfMemory, "no memory for a frame");
            copy_to_frame(*frame, *m_picture);
            m_picture->pts = drawn++;
            TRY(drawing.push(0, m_picture.get()));
            TRY(write_drawn(drawing, gif));
        }
        TRY(drawing.push(0, nullptr));
        TRY(write_drawn(drawing, gif));
        return gif.finish();
    }

    static Result<void> write_drawn(FilterGraph& drawing, StreamWriter& gif)
    {
        while (const FramePtr frame = TRY(drawing.pull())) TRY(gif.write(*frame));
        return {};
    }

    WriteRequest m_request;
    PartFile m_part;
    StreamWriter m_spool;
    FilterGraph m_palette;
    FramePtr m_picture;
    std::int64_t m_frames = 0;
};

}  // namespace

Result<std::unique_ptr<FrameWriter>> open_gif_writer(WriteRequest request)
{
    const VideoFormat& format = request.format;
    FilterGraph palette = TRY(
        FilterGraph::create({{"frames", format.width, format.height, AV_PIX_FMT_RGB24, format.fps}}, "[frames]palettegen[out]"));
    FramePtr picture = TRY(make_frame(format.width, format.height, AV_PIX_FMT_RGB24));
    PartFile part(part_path(request.path));
    StreamWriter spool = TRY(open_lossless_stream(part.path(), request.path, format, request.metadata));
    return std::make_unique<GifWriter>(std::move(request), std::move(part), std::move(spool), std::move(palette),
                                       std::move(picture));
}

}  // namespace headroom::media

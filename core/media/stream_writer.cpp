#include "core/media/stream_writer.h"

#include "core/media/ffmpeg_error.h"

namespace headroom::media {

Result<CodecContextPtr> make_encoder(const AVCodec* codec, const VideoFormat& format, AVPixelFormat pixel_format)
{
    CodecContextPtr encoder(avcodec_alloc_context3(codec));
    if (!encoder) return fail(ErrorCode::OutOfMemory, "no memory for a video encoder");
    encoder->width = format.width;
    encoder->height = format.height;
    encoder->pix_fmt = pixel_format;
    encoder->time_base = {1, format.fps};
    encoder->framerate = {format.fps, 1};
    encoder->sample_aspect_ratio = {1, 1};
    encoder->color_primaries = AVCOL_PRI_BT709;
    if (pixel_format == AV_PIX_FMT_YUV420P) {
        encoder->color_trc = AVCOL_TRC_BT709;
        encoder->colorspace = AVCOL_SPC_BT709;
        encoder->color_range = AVCOL_RANGE_MPEG;
        encoder->chroma_sample_location = AVCHROMA_LOC_LEFT;
    } else {
        encoder->color_trc = AVCOL_TRC_IEC61966_2_1;
        encoder->colorspace = AVCOL_SPC_RGB;
        encoder->color_range = AVCOL_RANGE_JPEG;
    }
    return encoder;
}

Result<void> check_picture(const RgbFrame& picture, int width, int height)
{
    const std::size_t expected_bytes = std::size_t(width) * std::size_t(height) * 3;
    if (picture.width == width && picture.height == height && picture.pixels.size() == expected_bytes) return {};
    return fail(ErrorCode::Internal, "a frame of {}x{} pixels in {} bytes came for a clip of {}x{} pixels", picture.width,
                picture.height, picture.pixels.size(), width, height);
}

Result<OutputContextPtr> open_container(const std::filesystem::path& path, const std::filesystem::path& final_path,
                                        const char* name, const ClipMetadata& metadata)
{
    AVFormatContext* raw = nullptr;
    const std::string url = file_url(path);
    TRY(check_written(avformat_alloc_output_context2(&raw, nullptr, name, url.c_str()), "making the container", final_path));
    OutputContextPtr container(raw);
    container->flags |= AVFMT_FLAG_FLUSH_PACKETS;
    if (!metadata.title.empty()) av_dict_set(&container->metadata, "title", metadata.title.c_str(), 0);
    if (!metadata.comment.empty()) av_dict_set(&container->metadata, "comment", metadata.comment.c_str(), 0);
    if (!avformat_new_stream(container.get(), nullptr)) return fail(ErrorCode::OutOfMemory, "no memory for a video stream");
    TRY(check_written(avio_open(&container->pb, url.c_str(), AVIO_FLAG_WRITE), "opening the file", final_path));
    return container;
}

Result<void> write_header(AVFormatContext& container, const Container& settings, const std::filesystem::path& final_path)
{
    Dictionary options;
    for (const auto& [key, value] : settings.options) options.set(key, value);
    TRY(check_written(avformat_write_header(&container, options.address()), "writing the head of the file", final_path));
    if (const char* key = options.first_key())
        return fail(ErrorCode::Internal, "the container {} knows no option {}", settings.name, key);
    return {};
}

Result<void> close_container(OutputContextPtr container, const std::filesystem::path& final_path)
{
    TRY(check_written(av_write_trailer(container.get()), "writing the end of the file", final_path));
    avio_flush(container->pb);
    TRY(check_written(container->pb->error, "writing", final_path));
    return check_written(avio_closep(&container->pb), "closing the file", final_path);
}

Result<StreamWriter> StreamWriter::open(const std::filesystem::path& path, const std::filesystem::path& final_path,
                                        const Container& container, CodecContextPtr encoder, const ClipMetadata& metadata)
{
    StreamWriter writer;
    writer.m_final_path = final_path;
    writer.m_encoder = std::move(encoder);
    writer.m_container = TRY(open_container(path, final_path, container.name, metadata));
    AVStream* stream = writer.m_container->streams[0];
    TRY(check_written(avcodec_parameters_from_context(stream->codecpar, writer.m_encoder.get()), "describing the stream",
                      final_path));
    stream->time_base = writer.m_encoder->time_base;
    stream->avg_frame_rate = writer.m_encoder->framerate;
    stream->sample_aspect_ratio = writer.m_encoder->sample_aspect_ratio;
    TRY(write_header(*writer.m_container, container, final_path));
    writer.m_packet.reset(av_packet_alloc());
    if (!writer.m_packet) return fail(ErrorCode::OutOfMemory, "no memory for a video packet");
    return writer;
}

Result<void> StreamWriter::prepare_conversion()
{
    const AVCodecContext& encoder = *m_encoder;
    m_rgb = TRY(make_frame(encoder.width, encoder.height, AV_PIX_FMT_RGB24));
    m_encoded = TRY(make_frame(encoder.width, encoder.height, encoder.pix_fmt));
    m_converter =
        TRY(PixelConverter::create({encoder.width, encoder.height, AV_PIX_FMT_RGB24, AVCOL_SPC_RGB, AVCOL_RANGE_JPEG},
                                   {encoder.width, encoder.height, encoder.pix_fmt, encoder.colorspace, encoder.color_range}));
    return {};
}

Result<void> StreamWriter::write(const RgbFrame& picture)
{
    TRY(check_picture(picture, m_encoder->width, m_encoder->height));
    if (!m_converter) TRY(prepare_conversion());
    if (av_frame_make_writable(m_encoded.get()) < 0) return fail(ErrorCode::OutOfMemory, "no memory for a frame");
    copy_to_frame(picture, *m_rgb);
    TRY(m_converter->convert(*m_rgb, *m_encoded));
    return write(*m_encoded);
}

Result<void> StreamWriter::write(AVFrame& frame)
{
    frame.pts = m_frames++;
    frame.color_range = m_encoder->color_range;
    frame.color_primaries = m_encoder->color_primaries;
    frame.color_trc = m_encoder->color_trc;
    frame.colorspace = m_encoder->colorspace;
    frame.chroma_location = m_encoder->chroma_sample_location;
    frame.pict_type = AV_PICTURE_TYPE_NONE;
    return send(&frame);
}

Result<void> StreamWriter::send(const AVFrame* frame)
{
    TRY(check_written(avcodec_send_frame(m_encoder.get(), frame), "encoding", m_final_path));
    AVStream* stream = m_container->streams[0];
    for (;;) {
        const int status = avcodec_receive_packet(m_encoder.get(), m_packet.get());
        if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return {};
        TRY(check_written(status, "encoding", m_final_path));
        if (m_packet->duration == 0) m_packet->duration = 1;
        av_packet_rescale_ts(m_packet.get(), m_encoder->time_base, stream->time_base);
        m_packet->stream_index = 0;
        TRY(check_written(av_interleaved_write_frame(m_container.get(), m_packet.get()), "writing a frame", m_final_path));
        TRY(check_written(m_container->pb->error, "writing a frame", m_final_path));
    }
}

Result<void> StreamWriter::finish()
{
    if (m_frames == 0) return fail(ErrorCode::Internal, "{} was to be finished without a frame", m_final_path.string());
    TRY(send(nullptr));
    return close_container(std::move(m_container), m_final_path);
}

}  // namespace headroom::media

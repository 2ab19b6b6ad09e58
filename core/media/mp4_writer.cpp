#include <algorithm>
#include <optional>

#include "core/media/ffmpeg_error.h"
#include "core/media/h264_encoder.h"
#include "core/media/output_path.h"
#include "core/media/part_file.h"
#include "core/media/writers.h"

namespace headroom::media {

namespace {

Result<InputContextPtr> open_part(const std::filesystem::path& part, const std::filesystem::path& final_path)
{
    AVFormatContext* raw = nullptr;
    TRY(check_written(avformat_open_input(&raw, file_url(part).c_str(), av_find_input_format("mp4"), nullptr),
                      "reading the part back", final_path));
    InputContextPtr input(raw);
    TRY(check_written(avformat_find_stream_info(input.get(), nullptr), "reading the part back", final_path));
    if (input->nb_streams != 1)
        return fail(ErrorCode::BadOutput, "{} can't be completed: its part has {} streams", display_path(final_path),
                    input->nb_streams);
    return input;
}

/// Copies the packets; times are moved so that the first shown frame is at zero.
Result<void> copy_packets(AVFormatContext& input, AVFormatContext& output, const std::filesystem::path& final_path)
{
    const PacketPtr packet(av_packet_alloc());
    if (!packet) return fail(ErrorCode::OutOfMemory, "no memory for a video packet");
    std::optional<std::int64_t> origin;
    for (;;) {
        const int status = av_read_frame(&input, packet.get());
        if (status == AVERROR_EOF) return {};
        TRY(check_written(status, "reading the part back", final_path));
        if (!origin) origin = packet->pts;  // the first packet is a key frame, shown first
        packet->pts -= *origin;
        packet->dts -= *origin;
        av_packet_rescale_ts(packet.get(), input.streams[0]->time_base, output.streams[0]->time_base);
        packet->pos = -1;
        TRY(check_written(av_interleaved_write_frame(&output, packet.get()), "writing a frame", final_path));
        TRY(check_written(output.pb->error, "writing a frame", final_path));
    }
}

/// Makes the part, which is in fragments, into one whole file with its index in front.
Result<void> remux(const std::filesystem::path& part, const std::filesystem::path& whole, const WriteRequest& request)
{
    const InputContextPtr input = TRY(open_part(part, request.path));
    OutputContextPtr output = TRY(open_container(whole, request.path, "mp4", request.metadata));
    AVStream* stream = output->streams[0];
    TRY(check_written(avcodec_parameters_copy(stream->codecpar, input->streams[0]->codecpar), "describing the stream",
                      request.path));
    stream->codecpar->codec_tag = 0;
    stream->time_base = input->streams[0]->time_base;
    stream->avg_frame_rate = {request.format.fps, 1};
    stream->sample_aspect_ratio = {1, 1};
    TRY(write_header(*output, {"mp4", {{"movflags", "+faststart"}}}, request.path));
    TRY(copy_packets(*input, *output, request.path));
    return close_container(std::move(output), request.path);
}

class Mp4Writer : public FrameWriter {
public:
    Mp4Writer(WriteRequest request, PartFile part, StreamWriter stream)
        : m_request(std::move(request)), m_part(std::move(part)), m_stream(std::move(stream))
    {
    }

    Result<void> write(const RgbFrame& frame) override { return m_stream.write(frame); }

    Result<void> finish() override
    {
        TRY(m_stream.finish());
        PartFile whole(final_part_path(m_request.path));
        auto completed = remux(m_part.path(), whole.path(), m_request).and_then([&] {
            return whole.publish(m_request.path, m_request.overwrite);
        });
        if (completed) return {};
        const Error error = with_kept_clip(std::move(completed).error(), m_part.path());
        m_part.keep();
        return tl::unexpected(error);
    }

private:
    WriteRequest m_request;
    PartFile m_part;
    StreamWriter m_stream;
};

}  // namespace

Result<std::unique_ptr<FrameWriter>> open_mp4_writer(WriteRequest request)
{
    CodecContextPtr encoder = TRY(open_h264_encoder(request.format));
    PartFile part(part_path(request.path));
    const Container fragmented = {"mp4", {{"movflags", "+frag_every_frame+empty_moov+default_base_moof"}}};
    StreamWriter stream = TRY(StreamWriter::open(part.path(), request.path, fragmented, std::move(encoder), request.metadata));
    return std::make_unique<Mp4Writer>(std::move(request), std::move(part), std::move(stream));
}

}  // namespace headroom::media

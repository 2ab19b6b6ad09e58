#include "core/media/stream_reader.h"

#include <algorithm>
#include <cmath>
#include <thread>

#include "core/media/ffmpeg_error.h"
#include "core/media/output_path.h"

namespace headroom::media {

namespace {

constexpr int kMostThreads = 4;
constexpr double kToleratedMissingFrames = 2;
constexpr double kMostFrames = 1e12;  // what a file may state before it is taken for damaged

std::string tag(const AVFormatContext& container, const char* key)
{
    const AVDictionaryEntry* entry = av_dict_get(container.metadata, key, nullptr, 0);
    return entry ? entry->value : "";
}

/// The stated number of frames, or what the stated duration amounts to.
std::optional<std::int64_t> count_frames(const AVFormatContext& container, const AVStream& stream, double fps)
{
    if (stream.nb_frames > 0) return stream.nb_frames;
    if (container.duration <= 0 || fps <= 0) return std::nullopt;
    return std::llround(std::min(double(container.duration) / AV_TIME_BASE * fps, kMostFrames));
}

}  // namespace

Result<StreamReader> StreamReader::open(const std::filesystem::path& path)
{
    StreamReader reader;
    reader.m_path = path;
    Dictionary options;
    options.set("protocol_whitelist", "file");
    options.set("format_whitelist", "mov,mp4,matroska,webm,gif,avi");
    AVFormatContext* raw = nullptr;
    if (const int status = avformat_open_input(&raw, file_url(path).c_str(), nullptr, options.address()); status < 0) {
        return fail(ErrorCode::BadInput,
                    "{} is not a video that Headroom reads (MP4, MKV, MOV, WebM, AVI, GIF or PNG frames), or it is damaged: {}",
                    display_path(path), ffmpeg_message(status));
    }
    reader.m_container.reset(raw);
    TRY(check_read(avformat_find_stream_info(raw, nullptr), "looking for streams", path));
    reader.m_packet.reset(av_packet_alloc());
    reader.m_frame.reset(av_frame_alloc());
    if (!reader.m_packet || !reader.m_frame) return fail(ErrorCode::OutOfMemory, "no memory to read {}", display_path(path));
    TRY(reader.open_decoder());
    reader.read_info();
    return reader;
}

Result<void> StreamReader::open_decoder()
{
    const AVCodec* codec = nullptr;
    m_stream = av_find_best_stream(m_container.get(), AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
    if (m_stream < 0) return fail(ErrorCode::BadInput, "{} has no video that can be decoded", display_path(m_path));
    for (unsigned i = 0; i < m_container->nb_streams; ++i) {
        if (int(i) != m_stream) m_container->streams[i]->discard = AVDISCARD_ALL;
    }
    m_decoder.reset(avcodec_alloc_context3(codec));
    if (!m_decoder) return fail(ErrorCode::OutOfMemory, "no memory to read {}", display_path(m_path));
    TRY(check_read(avcodec_parameters_to_context(m_decoder.get(), m_container->streams[m_stream]->codecpar),
                   "setting up the decoder", m_path));
    m_decoder->max_pixels = kMostPixels;
    m_decoder->thread_count = std::clamp(int(std::thread::hardware_concurrency()), 1, kMostThreads);
    return check_read(avcodec_open2(m_decoder.get(), codec, nullptr), "opening the decoder", m_path);
}

void StreamReader::read_info()
{
    const AVStream& stream = *m_container->streams[m_stream];
    const AVRational rate = av_guess_frame_rate(m_container.get(), m_container->streams[m_stream], nullptr);
    m_info.width = m_decoder->width;
    m_info.height = m_decoder->height;
    m_info.fps = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0;
    m_info.frame_count = count_frames(*m_container, stream, m_info.fps);
    m_info.metadata = {tag(*m_container, "title"), tag(*m_container, "comment")};
}

Result<std::optional<RgbFrame>> StreamReader::next()
{
    while (!TRY(receive())) {
        if (m_input_ended) {  // the decoder, told of the end, has given all it held
            TRY(check_end());
            return std::nullopt;
        }
        TRY(feed());
    }
    RgbFrame picture = TRY(convert());
    ++m_frames;
    return picture;
}

/// Whether the decoder had a frame; false when it wants more input or has ended.
Result<bool> StreamReader::receive()
{
    const int status = avcodec_receive_frame(m_decoder.get(), m_frame.get());
    if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return false;
    if (status < 0 || m_frame->decode_error_flags != 0 || (m_frame->flags & AV_FRAME_FLAG_CORRUPT) != 0) {
        return fail(ErrorCode::BadInput, "{} is damaged: frame {} can't be decoded", display_path(m_path), m_frames + 1);
    }
    return true;
}

/// Reads packets up to the stream's next one and hands it to the decoder, or tells it that the file has ended.
Result<void> StreamReader::feed()
{
    for (;;) {
        av_packet_unref(m_packet.get());
        const int status = av_read_frame(m_container.get(), m_packet.get());
        if (status == AVERROR_EOF) {
            m_input_ended = true;
            avcodec_send_packet(m_decoder.get(), nullptr);
            return {};
        }
        TRY(check_read(status, "reading a frame", m_path));
        if (m_packet->stream_index != m_stream) continue;
        if (m_packet->pts != AV_NOPTS_VALUE) m_end = std::max(m_end, double(m_packet->pts) + double(m_packet->duration));
        if ((m_packet->flags & AV_PKT_FLAG_CORRUPT) != 0 || avcodec_send_packet(m_decoder.get(), m_packet.get()) < 0) {
            return fail(ErrorCode::BadInput, "{} is damaged or cut off after frame {}", display_path(m_path), m_frames);
        }
        return {};
    }
}

/// Some containers end early without a word when the file was cut; the stated duration tells, where frames come at a constant
/// rate.
Result<void> StreamReader::check_end() const
{
    if (m_frames == 0) return fail(ErrorCode::BadInput, "{} holds no frame that can be decoded", display_path(m_path));
    const AVStream& stream = *m_container->streams[m_stream];
    const bool constant_rate = m_info.fps > 0 && av_cmp_q(stream.avg_frame_rate, stream.r_frame_rate) == 0;
    const bool duration_stated =
        m_container->duration > 0 && m_container->duration_estimation_method == AVFMT_DURATION_FROM_STREAM;
    if (m_container->nb_streams != 1 || !constant_rate || !duration_stated) return {};
    const double missing_frames = (double(m_container->duration) / AV_TIME_BASE - m_end * av_q2d(stream.time_base)) * m_info.fps;
    if (missing_frames < kToleratedMissingFrames) return {};
    return fail(ErrorCode::BadInput, "{} is cut off after frame {}: about {} more are missing", display_path(m_path), m_frames,
                std::llround(missing_frames));
}

Result<RgbFrame> StreamReader::convert()
{
    if (m_frame->width != m_info.width || m_frame->height != m_info.height) {
        return fail(ErrorCode::BadInput, "{} changes its size at frame {}: {}x{} after {}x{}", display_path(m_path), m_frames + 1,
                    m_frame->width, m_frame->height, m_info.width, m_info.height);
    }
    const PixelLayout layout = layout_of(*m_frame);
    if (!m_converter || layout != m_layout) {
        m_converter =
            TRY(PixelConverter::create(layout, {layout.width, layout.height, AV_PIX_FMT_RGB24, AVCOL_SPC_RGB, AVCOL_RANGE_JPEG}));
        m_layout = layout;
    }
    if (!m_rgb) m_rgb = TRY(make_frame(m_info.width, m_info.height, AV_PIX_FMT_RGB24));
    TRY(m_converter->convert(*m_frame, *m_rgb));
    return copy_from_frame(*m_rgb);
}

}  // namespace headroom::media

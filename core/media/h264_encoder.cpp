#include "core/media/h264_encoder.h"

#include <algorithm>
#include <string>
#include <thread>

#include "core/media/stream_writer.h"

namespace headroom::media {

namespace {

constexpr double kBitsPerPixel = 0.25;
constexpr int kMostThreads = 8;

Result<CodecContextPtr> open_candidate(const VideoFormat& format, const H264Candidate& candidate)
{
    const AVCodec* codec = avcodec_find_encoder_by_name(candidate.name);
    if (!codec) return fail(ErrorCode::BadOutput, "this FFmpeg has no encoder {}", candidate.name);
    CodecContextPtr encoder = TRY(make_encoder(codec, format, AV_PIX_FMT_YUV420P));
    encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    encoder->gop_size = format.fps;
    encoder->thread_count = std::clamp(int(std::thread::hardware_concurrency()), 1, kMostThreads);
    if (candidate.rate == H264Candidate::Rate::ByBitrate) {
        encoder->bit_rate = std::int64_t(kBitsPerPixel * format.width * format.height * format.fps);
    }
    Dictionary options;
    av_dict_parse_string(options.address(), candidate.options, "=", ",", 0);
    if (avcodec_open2(encoder.get(), codec, options.address()) < 0)
        return fail(ErrorCode::BadOutput, "the encoder {} does not open", candidate.name);
    if (const char* key = options.first_key())
        return fail(ErrorCode::Internal, "the encoder {} knows no option {}", candidate.name, key);
    return encoder;
}

}  // namespace

std::span<const H264Candidate> h264_candidates()
{
    using Rate = H264Candidate::Rate;
    // The short look-ahead keeps what a killed run loses to a few frames.
    static constexpr H264Candidate kCandidates[] = {
        {"libx264", "preset=medium,crf=17,rc-lookahead=10", Rate::ByQuality},
        {"libopenh264", "", Rate::ByBitrate},
        {"h264_videotoolbox", "", Rate::ByBitrate},
        {"h264_mf", "", Rate::ByBitrate},
        {"h264_nvenc", "preset=p5,rc=vbr,cq=19", Rate::ByQuality},
    };
    return kCandidates;
}

Result<CodecContextPtr> open_h264_encoder(const VideoFormat& format, std::span<const H264Candidate> candidates)
{
    std::string tried;
    for (const H264Candidate& candidate : candidates) {
        if (auto encoder = open_candidate(format, candidate)) return encoder;
        tried += (tried.empty() ? "" : ", ") + std::string(candidate.name);
    }
    return fail(ErrorCode::BadOutput,
                "no H.264 encoder opens for {}x{} pixels at {} frames a second (tried {}): install FFmpeg with libx264, or write "
                ".mkv, .gif or PNG frames",
                format.width, format.height, format.fps, tried);
}

}  // namespace headroom::media

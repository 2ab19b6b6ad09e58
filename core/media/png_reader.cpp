#include "core/media/png_reader.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <set>
#include <string>

#include "core/media/ffmpeg_error.h"
#include "core/media/output_path.h"
#include "core/media/pixel_converter.h"
#include "core/media/sidecar.h"
#include "core/media/stream_reader.h"

namespace headroom::media {

namespace {

constexpr std::uintmax_t kLargestPngBytes = std::uintmax_t{1} << 30;

Result<PacketPtr> read_packet(const std::filesystem::path& path)
{
    std::error_code error;
    const auto size_bytes = std::filesystem::file_size(path, error);
    if (error) return fail(ErrorCode::BadInput, "{} can't be read: {}", display_path(path), error.message());
    if (size_bytes > kLargestPngBytes)
        return fail(ErrorCode::BadInput, "{} is too large for a frame: {} bytes", display_path(path), size_bytes);
    PacketPtr packet(av_packet_alloc());
    if (!packet || av_new_packet(packet.get(), int(size_bytes)) < 0)
        return fail(ErrorCode::OutOfMemory, "no memory to read {}", display_path(path));
    std::ifstream file(path, std::ios::binary);
    if (!file.read(reinterpret_cast<char*>(packet->data), packet->size))
        return fail(ErrorCode::BadInput, "{} can't be read", display_path(path));
    return packet;
}

Result<FramePtr> decode(const std::filesystem::path& path)
{
    const PacketPtr packet = TRY(read_packet(path));
    const AVCodec* codec = avcodec_find_decoder(AV_CODEC_ID_PNG);
    const CodecContextPtr decoder(codec ? avcodec_alloc_context3(codec) : nullptr);
    FramePtr frame(av_frame_alloc());
    if (!decoder || !frame)
        return fail(ErrorCode::BadInput, "{} can't be read: this FFmpeg has no PNG decoder", display_path(path));
    decoder->max_pixels = kMostPixels;
    decoder->thread_count = 1;
    decoder->err_recognition = AV_EF_CRCCHECK | AV_EF_EXPLODE;
    const bool decoded =
        avcodec_open2(decoder.get(), codec, nullptr) >= 0 && avcodec_send_packet(decoder.get(), packet.get()) >= 0 &&
        avcodec_send_packet(decoder.get(), nullptr) >= 0 && avcodec_receive_frame(decoder.get(), frame.get()) >= 0;
    if (!decoded || frame->decode_error_flags != 0)
        return fail(ErrorCode::BadInput, "{} is damaged or not a PNG picture", display_path(path));
    return frame;
}

Result<RgbFrame> read_picture(const std::filesystem::path& path)
{
    const FramePtr decoded = TRY(decode(path));
    const PixelLayout layout = layout_of(*decoded);
    const FramePtr rgb = TRY(make_frame(layout.width, layout.height, AV_PIX_FMT_RGB24));
    const auto converter =
        TRY(PixelConverter::create(layout, {layout.width, layout.height, AV_PIX_FMT_RGB24, AVCOL_SPC_RGB, AVCOL_RANGE_JPEG}));
    TRY(converter.convert(*decoded, *rgb));
    return copy_from_frame(*rgb);
}

/// `frame-0001.png` as the pattern it is a frame of (`frame-%04d.png`); nothing when the name has no number or is not a PNG's.
std::optional<std::string> pattern_of(const std::filesystem::path& path)
{
    const std::string name = path.filename().string();
    const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
    if (path.extension() != ".png" || name.find('%') != std::string::npos) return std::nullopt;
    const auto last = std::find_if(name.rbegin() + 4, name.rend(), is_digit);
    const auto before = std::find_if_not(last, name.rend(), is_digit);
    const std::size_t digits = std::size_t(before - last);
    if (digits == 0 || digits > 9) return std::nullopt;
    const std::string directive = *before.base() == '0' && digits > 1 ? fmt::format("%0{}d", digits) : "%d";
    return std::string(name.begin(), before.base()) + directive + std::string(last.base(), name.end());
}

}  // namespace

std::optional<FramePattern> sequence_of(const std::filesystem::path& path)
{
    const auto name = pattern_of(path);
    if (!name) return std::nullopt;
    const auto pattern = FramePattern::parse(path.parent_path() / *name);
    return pattern ? std::optional(*pattern) : std::nullopt;
}

Result<FramePattern> find_sequence(const std::filesystem::path& folder)
{
    std::set<std::string> patterns;
    std::set<std::string> unpadded;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (const auto pattern = pattern_of(entry.path()))
            (pattern->find("%d") == std::string::npos ? patterns : unpadded).insert(*pattern);
    }
    if (error) return fail(ErrorCode::BadInput, "the folder {} can't be read: {}", display_path(folder), error.message());
    // 10000 has no zero in front but goes on the sequence of 0001; so a number without zeros starts a sequence only where no
    // padded one covers it.
    for (const std::string& name : unpadded) {
        const FramePattern plain = TRY(FramePattern::parse(folder / name));
        const bool covered = std::any_of(patterns.begin(), patterns.end(), [&](const std::string& padded) {
            const auto parsed = FramePattern::parse(folder / padded);
            return parsed && parsed->prefix == plain.prefix && parsed->suffix == plain.suffix;
        });
        if (!covered) patterns.insert(name);
    }
    if (patterns.empty())
        return fail(ErrorCode::BadInput,
                    "{} holds no PNG sequence (frame-0001.png, frame-0002.png, …): give a folder that does, or a video",
                    display_path(folder));
    if (patterns.size() > 1) {
        return fail(ErrorCode::BadInput, "{} holds several PNG sequences: name one, such as {} or {}",
                    display_path(folder), *patterns.begin(), *std::next(patterns.begin()));
    }
    return FramePattern::parse(folder / *patterns.begin());
}

Result<PngReader> PngReader::open(const FramePattern& pattern)
{
    const auto numbers = pattern.existing_numbers();
    if (numbers.empty())
        return fail(ErrorCode::BadInput, "{} is missing: there are no frames to read", display_path(pattern.frame_path(1)));
    for (std::size_t i = 1; i < numbers.size(); ++i) {
        if (numbers[i] != numbers[i - 1] + 1) {
            return fail(ErrorCode::BadInput, "{} is missing although the sequence goes on after it",
                        display_path(pattern.frame_path(numbers[i - 1] + 1)));
        }
    }
    std::vector<std::filesystem::path> frames;
    for (const std::int64_t number : numbers) frames.push_back(pattern.frame_path(number));
    PngReader reader(std::move(frames));
    TRY(reader.read_size());
    reader.read_settings(pattern.sidecar_path());
    return reader;
}

Result<PngReader> PngReader::open_single(const std::filesystem::path& path)
{
    PngReader reader({path});
    TRY(reader.read_size());
    if (const auto sequence = sequence_of(path)) reader.read_settings(sequence->sidecar_path());
    return reader;
}

/// Frames are whole without their settings; a damaged sidecar is read_clip_metadata's to report.
void PngReader::read_settings(const std::filesystem::path& sidecar_path)
{
    const auto sidecar = read_sidecar(sidecar_path);
    if (!sidecar || !*sidecar) return;
    m_info.fps = (*sidecar)->fps;
    m_info.metadata = (*sidecar)->metadata;
}

Result<void> PngReader::read_size()
{
    const FramePtr first = TRY(decode(m_frames.front()));
    m_info.width = first->width;
    m_info.height = first->height;
    m_info.frame_count = std::int64_t(m_frames.size());
    return {};
}

Result<std::optional<RgbFrame>> PngReader::next()
{
    if (m_next == m_frames.size()) return std::nullopt;
    const auto& path = m_frames[m_next];
    RgbFrame picture = TRY(read_picture(path));
    if (picture.width != m_info.width || picture.height != m_info.height) {
        return fail(ErrorCode::BadInput, "{} is {}x{} pixels, but the sequence began with {}x{}", display_path(path),
                    picture.width, picture.height, m_info.width, m_info.height);
    }
    ++m_next;
    return picture;
}

}  // namespace headroom::media

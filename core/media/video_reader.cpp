#include "core/media/video_reader.h"

#include "core/media/ffmpeg_error.h"
#include "core/media/output_path.h"
#include "core/media/png_reader.h"
#include "core/media/sidecar.h"
#include "core/media/stream_reader.h"

namespace headroom::media {

namespace {

enum class InputKind { Container, Gif, PngPattern, PngFolder, PngFile, SettingsFile };

Result<InputKind> input_kind(const std::filesystem::path& path)
{
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return InputKind::PngFolder;
    if (std::filesystem::is_regular_file(path, error)) {
        if (path.extension() == ".png") return InputKind::PngFile;
        if (is_settings_file(path)) return InputKind::SettingsFile;
        return path.extension() == ".gif" ? InputKind::Gif : InputKind::Container;
    }
    if (FramePattern::parse(path)) return InputKind::PngPattern;
    return fail(ErrorCode::BadInput,
                "{} is missing or not a file: give a video, a folder of PNG frames or a pattern such as frame-%04d.png",
                display_path(path));
}

template <typename Source>
std::unique_ptr<FrameSource> as_source(Source source)
{
    return std::make_unique<Source>(std::move(source));
}

Result<std::unique_ptr<FrameSource>> open_source(const std::filesystem::path& path)
{
    switch (TRY(input_kind(path))) {
    case InputKind::PngFolder: return PngReader::open(TRY(find_sequence(path))).map(as_source<PngReader>);
    case InputKind::PngPattern: return PngReader::open(TRY(FramePattern::parse(path))).map(as_source<PngReader>);
    case InputKind::PngFile: return PngReader::open_single(path).map(as_source<PngReader>);
    case InputKind::Gif: {
        StreamReader reader = TRY(StreamReader::open(path));
        if (const auto sidecar = read_sidecar(gif_sidecar_path(path)); sidecar && *sidecar)
            reader.set_metadata((*sidecar)->metadata);
        return as_source(std::move(reader));
    }
    case InputKind::SettingsFile:
        return fail(ErrorCode::BadInput, "{} is not a video: it can only hold the settings of one", display_path(path));
    case InputKind::Container: return StreamReader::open(path).map(as_source<StreamReader>);
    }
    return fail(ErrorCode::Internal, "{} is of an unknown kind", display_path(path));
}

Result<ClipMetadata> sidecar_metadata(const std::filesystem::path& path)
{
    const auto sidecar = TRY(read_sidecar(path));
    return sidecar ? sidecar->metadata : ClipMetadata{};
}

}  // namespace

Result<VideoReader> VideoReader::open(const std::filesystem::path& path)
{
    silence_ffmpeg();
    return VideoReader(TRY(open_source(path)));
}

Result<ClipMetadata> read_clip_metadata(const std::filesystem::path& path)
{
    silence_ffmpeg();
    switch (TRY(input_kind(path))) {
    case InputKind::PngFolder: return sidecar_metadata(TRY(find_sequence(path)).sidecar_path());
    case InputKind::PngPattern: return sidecar_metadata(TRY(FramePattern::parse(path)).sidecar_path());
    case InputKind::PngFile: {
        const auto sequence = sequence_of(path);
        return sequence ? sidecar_metadata(sequence->sidecar_path()) : ClipMetadata{};
    }
    case InputKind::Gif: return sidecar_metadata(gif_sidecar_path(path));
    case InputKind::SettingsFile: return sidecar_metadata(path);
    case InputKind::Container: return TRY(StreamReader::open(path)).info().metadata;
    }
    return fail(ErrorCode::Internal, "{} is of an unknown kind", display_path(path));
}

bool is_settings_file(const std::filesystem::path& path)
{
    return path.extension() == ".json";
}

std::optional<std::filesystem::path> clip_of_settings_file(const std::filesystem::path& path)
{
    if (!is_settings_file(path)) return std::nullopt;
    std::error_code error;
    const auto gif = std::filesystem::path(path).replace_extension();
    if (gif.extension() == ".gif" && std::filesystem::is_regular_file(gif, error)) return gif;
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const auto sequence = sequence_of(entry.path());
        if (sequence && sequence->sidecar_path().filename() == path.filename())
            return sequence->frame_path(sequence->existing_numbers().front());
    }
    return std::nullopt;
}

}  // namespace headroom::media

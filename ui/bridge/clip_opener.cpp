#include "ui/bridge/clip_opener.h"

#include <utility>

#include "core/media/video_reader.h"
#include "ui/bridge/engine_bridge.h"

namespace headroom::ui {

namespace {

constexpr qint64 kLargestClipBytes = qint64(1) << 30;

/// The folder of a PNG frame, because that is where its sequence and settings lie; any other path itself.
std::filesystem::path clipPath(const std::filesystem::path& path)
{
    return path.extension() == ".png" ? path.parent_path() : path;
}

Result<std::vector<QImage>> readFrames(media::VideoReader& reader)
{
    std::vector<QImage> frames;
    qint64 bytes = 0;
    while (const auto frame = TRY(reader.next())) {
        frames.push_back(toImage(*frame));
        bytes += frames.back().sizeInBytes();
        if (bytes > kLargestClipBytes) return std::vector<QImage>();
    }
    return frames;
}

double rateOf(const media::VideoReader& reader, const ClipSettings& settings)
{
    return reader.info().fps > 0 ? reader.info().fps : settings.request.fps.value_or(16);
}

Result<OpenedClip> readClip(const std::filesystem::path& path)
{
    auto reader = TRY(media::VideoReader::open(clipPath(path)));
    const ClipSettings settings = TRY(parse_clip_settings(reader.info().metadata.comment));
    std::vector<QImage> frames = TRY(readFrames(reader));
    return OpenedClip{path, path, settings, std::move(frames), rateOf(reader, settings)};
}

Result<OpenedClip> readSettingsFile(const std::filesystem::path& path)
{
    ClipSettings settings = TRY(parse_clip_settings(TRY(media::read_clip_metadata(path)).comment));
    OpenedClip clip{.opened = path, .path = path, .settings = std::move(settings), .frames = {}};
    const auto beside = media::clip_of_settings_file(path);
    if (!beside) return clip;
    clip.path = *beside;
    if (auto reader = media::VideoReader::open(clipPath(*beside))) {
        clip.frames = readFrames(*reader).value_or(std::vector<QImage>());
        clip.fps = rateOf(*reader, clip.settings);
    }
    return clip;
}

}  // namespace

ClipOpener::ClipOpener(QObject* parent) : QObject(parent), m_thread(QStringLiteral("clips")) {}

void ClipOpener::open(const std::filesystem::path& path)
{
    m_thread.post([this, path] {
        const auto deliver = [this, clip = media::is_settings_file(path) ? readSettingsFile(path) : readClip(path)] {
            if (clip) {
                Q_EMIT opened(*clip);
            } else {
                Q_EMIT refused(clip.error());
            }
        };
        QMetaObject::invokeMethod(this, deliver, Qt::QueuedConnection);
    });
}

}  // namespace headroom::ui

#include "ui/bridge/clip_opener.h"

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

Result<OpenedClip> readClip(const std::filesystem::path& path)
{
    OpenedClip clip;
    clip.path = path;
    auto reader = TRY(media::VideoReader::open(clipPath(path)));
    clip.settings = TRY(parse_clip_settings(reader.info().metadata.comment));
    clip.fps = reader.info().fps > 0 ? reader.info().fps : clip.settings.request.fps.value_or(16);
    qint64 bytes = 0;
    while (true) {
        const auto frame = TRY(reader.next());
        if (!frame) break;
        clip.frames.push_back(toImage(*frame));
        bytes += clip.frames.back().sizeInBytes();
        if (bytes > kLargestClipBytes) {
            clip.frames.clear();
            break;
        }
    }
    return clip;
}

}  // namespace

ClipOpener::ClipOpener(QObject* parent) : QObject(parent), m_thread(QStringLiteral("clips")) {}

void ClipOpener::open(const std::filesystem::path& path)
{
    m_thread.post([this, path] {
        const auto deliver = [this, clip = readClip(path)] {
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

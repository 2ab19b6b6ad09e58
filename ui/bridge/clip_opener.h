#pragma once

#include <filesystem>
#include <vector>

#include <QImage>
#include <QObject>

#include "core/engine/clip_settings.h"
#include "ui/bridge/background_thread.h"

namespace headroom::ui {

/// A clip of Headroom read back from its file, or from the file with its settings beside it.
struct OpenedClip {
    std::filesystem::path opened;  ///< What the person opened.
    std::filesystem::path path;    ///< The clip.
    ClipSettings settings;
    std::vector<QImage> frames;  ///< Empty when the clip is larger than the window keeps in memory, or gone.
    double fps = 0;
};

/// Reads clips back on a thread of its own, so that dropping a long one does not stop the window.
class ClipOpener : public QObject {
    Q_OBJECT

public:
    explicit ClipOpener(QObject* parent = nullptr);

    /// Reads the file's settings and frames; opened or refused follows. A PNG frame stands for its whole sequence, a file with
    /// settings for the clip beside it; where that is gone or damaged, the settings come alone.
    void open(const std::filesystem::path& path);

Q_SIGNALS:
    void opened(const headroom::ui::OpenedClip& clip);
    void refused(const headroom::Error& error);

private:
    BackgroundThread m_thread;
};

}  // namespace headroom::ui

#pragma once

#include <cstdint>
#include <vector>

#include <QImage>
#include <QTimer>
#include <QWidget>

#include "ui/widgets/frame_view.h"

class QBoxLayout;

namespace headroom::ui {

class ClipPlayer;
class ElidedLabel;
class SavedBar;
class TransportBar;

/// The middle of the window: latents while they are denoised, frames while they are decoded, then the clip with its transport
/// bar.
class ViewerPanel : public QWidget {
    Q_OBJECT

public:
    explicit ViewerPanel(QWidget* parent = nullptr);

    FrameView& view() { return *m_view; }
    ClipPlayer& player() { return *m_player; }
    TransportBar& transport() { return *m_transport; }
    SavedBar& saved() { return *m_saved; }

    /// A run begins: the clip before stays on the screen until something newer comes.
    void beginClip(double fps);

    /// Shows the latents of a step as an animated loop with this line on it.
    void showPreview(const std::vector<QImage>& frames, const QString& badge);

    /// Shows a real frame as it arrives.
    void addFrame(const QImage& frame, const QString& badge);

    /// The clip is complete: plays it.
    void finishClip();

    /// The run ended without a clip: keeps the frames that came, or the picture on the screen.
    void abandonClip(const QString& badge);

    /// Shows a whole clip, from a file.
    void showClip(std::vector<QImage> frames, double fps);

    /// Says what the clip on the screen is: prompt and seed.
    void setCaption(const QString& prompt, std::uint64_t seed, const QString& details);

Q_SIGNALS:
    /// The clip on the screen changed from none or an older one to this one's frames.
    void clipReplaced();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void stepPreview();

    FrameView* m_view = nullptr;
    ClipPlayer* m_player = nullptr;
    TransportBar* m_transport = nullptr;
    SavedBar* m_saved = nullptr;
    QBoxLayout* m_captionRow = nullptr;
    ElidedLabel* m_caption = nullptr;
    ElidedLabel* m_seed = nullptr;
    QTimer m_previewTimer;
    std::vector<QImage> m_preview;
    std::size_t m_previewIndex = 0;
    bool m_awaitsFirstFrame = false;
    bool m_showsUnfinished = false;  ///< What is on the screen belongs to a run that has not ended well.
};

}  // namespace headroom::ui

#include "ui/panels/viewer_panel.h"

#include <QBoxLayout>
#include <QKeyEvent>
#include <QResizeEvent>

#include "ui/panels/saved_bar.h"
#include "ui/widgets/clip_player.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/transport_bar.h"

namespace headroom::ui {

namespace {

constexpr int kOneLineWidth = 400;     ///< Below it the prompt and the seed have a line each.
constexpr int kPreviewFrame_ms = 220;  ///< A latent frame stands for four pixel frames: about real time.

}  // namespace

ViewerPanel::ViewerPanel(QWidget* parent) : QWidget(parent)
{
    m_player = new ClipPlayer(this);
    m_view = new FrameView(this);
    m_view->setObjectName(QStringLiteral("viewer"));
    m_view->setEmptyText(tr("Describe a clip and press Generate"),
                         tr("Ctrl+Enter starts, Esc stops. Drop a clip made by Headroom here to get its settings back."));
    m_transport = new TransportBar(*m_player, this);
    m_saved = new SavedBar(this);
    m_caption = new ElidedLabel(Qt::ElideRight, this);
    m_caption->setObjectName(QStringLiteral("clipCaption"));
    m_caption->setAccessibleName(tr("Prompt of the clip shown"));
    m_seed = new ElidedLabel(Qt::ElideNone, this);
    m_seed->setObjectName(QStringLiteral("clipSeed"));
    m_seed->setAccessibleName(tr("Seed of the clip shown"));
    m_seed->setMuted(true);
    m_seed->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
    m_captionRow = new QBoxLayout(QBoxLayout::LeftToRight);
    m_captionRow->setContentsMargins(16, 8, 16, 0);
    m_captionRow->setSpacing(16);
    m_captionRow->addWidget(m_caption, 1);
    m_captionRow->addWidget(m_seed);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_view, 1);
    layout->addLayout(m_captionRow);
    layout->addWidget(m_transport);
    layout->addWidget(m_saved);
    m_caption->hide();
    m_seed->hide();

    m_previewTimer.setInterval(kPreviewFrame_ms);
    connect(&m_previewTimer, &QTimer::timeout, this, &ViewerPanel::stepPreview);
    connect(m_player, &ClipPlayer::frameShown, this, [this] {
        if (!m_previewTimer.isActive()) m_view->setImage(m_player->currentFrame());
    });
    connect(m_player, &ClipPlayer::playingChanged, this, [this](bool playing) {
        if (playing) m_view->setBadge({});
    });
}

void ViewerPanel::beginClip(double fps)
{
    m_player->pause();
    m_player->setFps(fps);
    m_awaitsFirstFrame = true;
    m_showsUnfinished = false;
}

void ViewerPanel::showPreview(const std::vector<QImage>& frames, const QString& badge)
{
    if (frames.empty()) return;
    if (m_awaitsFirstFrame) {
        m_saved->clear();
        if (m_player->frameCount() > 0) m_player->clear();
        if (!m_previewTimer.isActive()) Q_EMIT clipReplaced();
    }
    m_showsUnfinished = true;
    m_preview = frames;
    m_view->setBadge(badge);
    if (!m_previewTimer.isActive()) m_previewTimer.start();
    m_previewIndex %= m_preview.size();
    m_view->setImage(m_preview[m_previewIndex]);
}

void ViewerPanel::stepPreview()
{
    if (m_preview.empty()) return;
    m_previewIndex = (m_previewIndex + 1) % m_preview.size();
    m_view->setImage(m_preview[m_previewIndex]);
}

void ViewerPanel::addFrame(const QImage& frame, const QString& badge)
{
    if (m_awaitsFirstFrame) {
        m_awaitsFirstFrame = false;
        m_previewTimer.stop();
        m_saved->clear();
        m_player->clear();
        Q_EMIT clipReplaced();
    }
    m_showsUnfinished = true;
    m_view->setBadge(badge);
    m_player->appendFrame(frame);
}

void ViewerPanel::finishClip()
{
    m_previewTimer.stop();
    m_preview.clear();
    m_awaitsFirstFrame = false;
    m_showsUnfinished = false;
    m_view->setBadge({});
    m_player->play();
}

void ViewerPanel::abandonClip(const QString& badge)
{
    m_previewTimer.stop();
    m_awaitsFirstFrame = false;
    if (m_showsUnfinished) m_view->setBadge(badge);
    m_showsUnfinished = false;
}

void ViewerPanel::showClip(std::vector<QImage> frames, double fps)
{
    m_previewTimer.stop();
    m_awaitsFirstFrame = false;
    m_view->setBadge({});
    m_player->pause();
    m_player->setFps(fps);
    m_player->setFrames(std::move(frames));
    m_player->play();
}

void ViewerPanel::setCaption(const QString& prompt, std::uint64_t seed, const QString& details)
{
    m_caption->setFullText(prompt.simplified());
    m_seed->setFullText(tr("%1 · seed %2").arg(details).arg(seed));
    m_caption->show();
    m_seed->show();
}

void ViewerPanel::resizeEvent(QResizeEvent* event)
{
    const bool oneLine = event->size().width() >= kOneLineWidth;
    m_captionRow->setDirection(oneLine ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_captionRow->setSpacing(oneLine ? 16 : 2);
    m_captionRow->setAlignment(m_seed, oneLine ? Qt::Alignment() : Qt::AlignLeft);
    QWidget::resizeEvent(event);
}

void ViewerPanel::keyPressEvent(QKeyEvent* event)
{
    if (event->modifiers() == Qt::NoModifier && m_transport->handleKey(event->key())) return event->accept();
    QWidget::keyPressEvent(event);
}

}  // namespace headroom::ui

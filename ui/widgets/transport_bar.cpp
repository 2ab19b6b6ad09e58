#include "ui/widgets/transport_bar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QRegularExpression>
#include <QResizeEvent>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>

#include "ui/widgets/clip_player.h"
#include "ui/widgets/glyph_icon.h"

namespace headroom::ui {

namespace {

constexpr int kTightWidth = 380;  ///< Below it the counter leaves out the time.
constexpr int kRoomyWidth = 460;  ///< Below it, what keys and menus can do as well is left out.

}  // namespace

QString frameCounterText(int index, int frames, double fps)
{
    if (frames == 0) return QStringLiteral("0 / 0");
    const double seconds = index / fps;
    const int minutes = int(seconds / 60);
    const QString rest = QLocale().toString(seconds - 60 * minutes, 'f', 2).rightJustified(5, u'0');
    return QStringLiteral("%1 / %2 · %3:%4").arg(index + 1).arg(frames).arg(minutes).arg(rest);
}

TransportBar::TransportBar(ClipPlayer& player, QWidget* parent) : QWidget(parent), m_player(player)
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 4, 8, 4);
    layout->setSpacing(2);
    m_first = addSeekButton(int(Glyph::First), QStringLiteral("firstFrame"), tr("First frame"), tr("Home"), [] { return 0; });
    addSeekButton(int(Glyph::Previous), QStringLiteral("previousFrame"), tr("Previous frame"), tr("Left"),
                  [this] { return m_player.index() - 1; });
    m_play = addButton(int(Glyph::Play), QStringLiteral("playPause"), tr("Play"), tr("Play (Space)"));
    connect(m_play, &QToolButton::clicked, &m_player, &ClipPlayer::togglePlaying);
    addSeekButton(int(Glyph::Next), QStringLiteral("nextFrame"), tr("Next frame"), tr("Right"),
                  [this] { return m_player.index() + 1; });
    m_last = addSeekButton(int(Glyph::Last), QStringLiteral("lastFrame"), tr("Last frame"), tr("End"),
                           [this] { return m_player.frameCount() - 1; });

    m_slider = new QSlider(Qt::Horizontal, this);
    m_slider->setObjectName(QStringLiteral("scrubber"));
    m_slider->setAccessibleName(tr("Position in the clip"));
    m_slider->setMinimumWidth(40);
    layout->addSpacing(6);
    layout->addWidget(m_slider, 1);
    layout->addSpacing(8);
    m_counter = new QLabel(this);
    m_counter->setObjectName(QStringLiteral("frameCounter"));
    m_counter->setAccessibleName(tr("Frame counter"));
    m_counter->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    layout->addWidget(m_counter);
    layout->addSpacing(8);

    m_speed = new QComboBox(this);
    m_speed->setObjectName(QStringLiteral("speed"));
    m_speed->setAccessibleName(tr("Playing speed"));
    m_speed->setToolTip(tr("Playing speed"));
    for (const double speed : {0.25, 0.5, 1.0, 2.0})
        m_speed->addItem(QStringLiteral("%1×").arg(QLocale().toString(speed)), speed);
    m_speed->setCurrentIndex(2);
    layout->addWidget(m_speed);
    m_loop = addButton(int(Glyph::Loop), QStringLiteral("loop"), tr("Loop"), tr("Play again from the start at the end"));
    m_loop->setCheckable(true);
    m_loop->setChecked(m_player.loops());

    connect(m_loop, &QToolButton::toggled, this, [this](bool on) {
        m_player.setLoops(on);
        Q_EMIT loopsChanged(on);
    });
    connect(m_speed, &QComboBox::currentIndexChanged, this, [this] { m_player.setSpeed(m_speed->currentData().toDouble()); });
    connect(m_slider, &QSlider::valueChanged, this, [this](int value) { m_player.seek(value); });
    connect(&m_player, &ClipPlayer::frameShown, this, &TransportBar::showPosition);
    connect(&m_player, &ClipPlayer::clipChanged, this, &TransportBar::showPosition);
    connect(&m_player, &ClipPlayer::playingChanged, this, &TransportBar::showPlaying);
    setMinimumWidth(290);
    showPosition();
}

QToolButton* TransportBar::addSeekButton(int glyph, const QString& objectName, const QString& name, const QString& key,
                                         std::function<int()> target)
{
    QToolButton* button = addButton(glyph, objectName, name, tr("%1 (%2)").arg(name, key));
    connect(button, &QToolButton::clicked, this, [this, target = std::move(target)] { m_player.seek(target()); });
    return button;
}

void TransportBar::resizeEvent(QResizeEvent* event)
{
    for (QWidget* widget : {static_cast<QWidget*>(m_first), static_cast<QWidget*>(m_last), static_cast<QWidget*>(m_speed)}) {
        widget->setVisible(isRoomy());
    }
    showPosition();
    QWidget::resizeEvent(event);
}

QToolButton* TransportBar::addButton(int glyph, const QString& objectName, const QString& name, const QString& tip)
{
    auto* button = new QToolButton(this);
    button->setObjectName(objectName);
    button->setIcon(glyphIcon(static_cast<Glyph>(glyph)));
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(name);
    button->setToolTip(tip);
    layout()->addWidget(button);
    return button;
}

bool TransportBar::handleKey(int key)
{
    if (m_player.frameCount() == 0) return false;
    switch (key) {
    case Qt::Key_Space: m_player.togglePlaying(); return true;
    case Qt::Key_Left: m_player.seek(m_player.index() - 1); return true;
    case Qt::Key_Right: m_player.seek(m_player.index() + 1); return true;
    case Qt::Key_Home: m_player.seek(0); return true;
    case Qt::Key_End: m_player.seek(m_player.frameCount() - 1); return true;
    default: return false;
    }
}

QString TransportBar::counterText(int index) const
{
    const QString counter = frameCounterText(index, m_player.frameCount(), m_player.fps());
    return width() >= kTightWidth ? counter : counter.section(QStringLiteral(" ·"), 0, 0);
}

bool TransportBar::isRoomy() const
{
    return width() >= kRoomyWidth;
}

void TransportBar::setLoops(bool loops)
{
    m_loop->setChecked(loops);
}

void TransportBar::showPosition()
{
    const QSignalBlocker blocker(m_slider);
    m_slider->setRange(0, std::max(0, m_player.frameCount() - 1));
    m_slider->setValue(m_player.index());
    m_counter->setText(counterText(m_player.index()));
    // As wide as the last frame needs: the slider beside it keeps its length while the clip plays.
    static const QRegularExpression digit(QStringLiteral("\\d"));
    const QString widest = counterText(std::max(0, m_player.frameCount() - 1)).replace(digit, QStringLiteral("8"));
    m_counter->setFixedWidth(fontMetrics().horizontalAdvance(widest) + 2);
    setEnabled(m_player.frameCount() > 0);
}

void TransportBar::showPlaying(bool playing)
{
    m_play->setIcon(glyphIcon(playing ? Glyph::Pause : Glyph::Play));
    m_play->setAccessibleName(playing ? tr("Pause") : tr("Play"));
    m_play->setToolTip(playing ? tr("Pause (Space)") : tr("Play (Space)"));
}

}  // namespace headroom::ui

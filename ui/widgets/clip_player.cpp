#include "ui/widgets/clip_player.h"

#include <algorithm>
#include <cmath>

namespace headroom::ui {

ClipPlayer::ClipPlayer(QObject* parent) : QObject(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &ClipPlayer::advance);
}

void ClipPlayer::clear()
{
    pause();
    m_frames.clear();
    m_index = 0;
    Q_EMIT clipChanged();
}

void ClipPlayer::setFps(double fps)
{
    m_fps = std::clamp(fps, 0.1, 240.0);
    if (isPlaying()) restartClock();
    Q_EMIT clipChanged();
}

QImage ClipPlayer::currentFrame() const
{
    return m_index < frameCount() ? m_frames[m_index] : QImage();
}

void ClipPlayer::setFrames(std::vector<QImage> frames)
{
    m_frames = std::move(frames);
    m_index = 0;
    if (isPlaying()) restartClock();
    Q_EMIT clipChanged();
    Q_EMIT frameShown(m_index);
}

void ClipPlayer::appendFrame(QImage frame)
{
    m_frames.push_back(std::move(frame));
    Q_EMIT clipChanged();
    if (isPlaying()) return;
    m_index = frameCount() - 1;
    Q_EMIT frameShown(m_index);
}

void ClipPlayer::play()
{
    if (frameCount() < 2 || isPlaying()) return;
    if (m_index == frameCount() - 1) m_index = 0;
    restartClock();
    Q_EMIT frameShown(m_index);
    Q_EMIT playingChanged(true);
}

void ClipPlayer::pause()
{
    if (!isPlaying()) return;
    m_timer.stop();
    Q_EMIT playingChanged(false);
}

void ClipPlayer::togglePlaying()
{
    isPlaying() ? pause() : play();
}

void ClipPlayer::setLoops(bool loops)
{
    m_loops = loops;
}

void ClipPlayer::setSpeed(double speed)
{
    m_speed = std::clamp(speed, 0.05, 16.0);
    if (isPlaying()) restartClock();
}

void ClipPlayer::seek(int index)
{
    pause();
    if (m_frames.empty()) return;
    m_index = std::clamp(index, 0, frameCount() - 1);
    Q_EMIT frameShown(m_index);
}

void ClipPlayer::restartClock()
{
    m_startIndex = m_index;
    m_clock.start();
    scheduleNext();
}

void ClipPlayer::scheduleNext()
{
    const double period_ms = 1000.0 / (m_fps * m_speed);
    const double elapsed_ms = double(m_clock.nsecsElapsed()) / 1e6;
    const double due_ms = (std::floor(elapsed_ms / period_ms) + 1) * period_ms;
    m_timer.start(std::max(1, int(std::ceil(due_ms - elapsed_ms))));
}

void ClipPlayer::advance()
{
    const double shown = double(m_clock.nsecsElapsed()) / 1e9 * m_fps * m_speed;
    const int position = m_startIndex + int(shown + 0.01);
    if (position >= frameCount() && !m_loops) {
        m_index = frameCount() - 1;
        Q_EMIT frameShown(m_index);
        Q_EMIT playingChanged(false);
        return;
    }
    m_index = position % frameCount();
    scheduleNext();
    Q_EMIT frameShown(m_index);
}

}  // namespace headroom::ui

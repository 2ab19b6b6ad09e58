#pragma once

#include <vector>

#include <QElapsedTimer>
#include <QImage>
#include <QObject>
#include <QTimer>

namespace headroom::ui {

/// The frames of one clip in memory and the clock that shows them: exact steps, loop, speed. Frames are paced against the start
/// of playing, so a late frame is passed over and the clip keeps its length.
class ClipPlayer : public QObject {
    Q_OBJECT

public:
    explicit ClipPlayer(QObject* parent = nullptr);

    void clear();
    void setFps(double fps);
    double fps() const { return m_fps; }
    int frameCount() const { return int(m_frames.size()); }
    int index() const { return m_index; }
    bool isPlaying() const { return m_timer.isActive(); }
    bool loops() const { return m_loops; }
    double speed() const { return m_speed; }
    QImage currentFrame() const;
    const std::vector<QImage>& frames() const { return m_frames; }

    /// Puts all frames in place of the clip and shows the first.
    void setFrames(std::vector<QImage> frames);

    /// Adds a frame that has just arrived; shown at once unless the clip is playing.
    void appendFrame(QImage frame);

    void play();
    void pause();
    void togglePlaying();
    void setLoops(bool loops);
    void setSpeed(double speed);

    /// Stops and shows this frame; clamped to the clip.
    void seek(int index);

Q_SIGNALS:
    void frameShown(int index);
    void clipChanged();
    void playingChanged(bool playing);

private:
    void advance();
    void scheduleNext();
    void restartClock();

    std::vector<QImage> m_frames;
    QTimer m_timer;
    QElapsedTimer m_clock;
    int m_startIndex = 0;  ///< Frame at which the clock was started.
    int m_index = 0;
    double m_fps = 16;
    double m_speed = 1;
    bool m_loops = true;
};

}  // namespace headroom::ui

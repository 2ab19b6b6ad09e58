#pragma once

#include <functional>

#include <QWidget>

class QComboBox;
class QLabel;
class QSlider;
class QToolButton;

namespace headroom::ui {

class ClipPlayer;

/// Buttons, slider and counter over a player: first, previous, play, next, last, scrub, speed, loop.
class TransportBar : public QWidget {
    Q_OBJECT

public:
    /// The player must outlive the bar.
    explicit TransportBar(ClipPlayer& player, QWidget* parent = nullptr);

    /// Takes the keys of a viewer: Space, arrows, Home, End. Says whether it did.
    bool handleKey(int key);

    void setLoops(bool loops);

protected:
    void resizeEvent(QResizeEvent* event) override;

Q_SIGNALS:
    void loopsChanged(bool loops);

private:
    QToolButton* addSeekButton(int glyph, const QString& objectName, const QString& name, const QString& key,
                               std::function<int()> target);
    QToolButton* addButton(int glyph, const QString& objectName, const QString& name, const QString& tip);
    bool isRoomy() const;
    QString counterText(int index) const;
    void showPosition();
    void showPlaying(bool playing);

    ClipPlayer& m_player;
    QToolButton* m_first = nullptr;
    QToolButton* m_last = nullptr;
    QToolButton* m_play = nullptr;
    QToolButton* m_loop = nullptr;
    QSlider* m_slider = nullptr;
    QLabel* m_counter = nullptr;
    QComboBox* m_speed = nullptr;
};

/// "12 / 25 · 0:00.75": frame number, frame count and the time at which the frame is shown.
QString frameCounterText(int index, int frames, double fps);

}  // namespace headroom::ui

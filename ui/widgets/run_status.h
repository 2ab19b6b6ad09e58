#pragma once

#include <QWidget>

#include "ui/bridge/run_state.h"

class QLabel;

namespace headroom::ui {

class RunProgress;

/// The line at the bottom of the window: phase, step, time left.
class RunStatus : public QWidget {
    Q_OBJECT

public:
    /// The progress must outlive the widget.
    explicit RunStatus(const RunProgress& progress, QWidget* parent = nullptr);

    void showState(RunState state);
    QString text() const;

private:
    void refresh();
    QString stepText() const;
    QString timeText() const;

    const RunProgress& m_progress;
    RunState m_state = RunState::Idle;
    QLabel* m_phase = nullptr;
    QLabel* m_step = nullptr;
    QLabel* m_time = nullptr;
};

}  // namespace headroom::ui

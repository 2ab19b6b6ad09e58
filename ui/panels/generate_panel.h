#pragma once

#include <QWidget>

#include "ui/bridge/run_state.h"

class QLabel;
class QPushButton;

namespace headroom::ui {

class MessageBanner;

/// The button that starts, the one that stops, what is planned in one line, and what went wrong.
class GeneratePanel : public QWidget {
    Q_OBJECT

public:
    explicit GeneratePanel(QWidget* parent = nullptr);

    void showState(RunState state);

    /// Whether a model is open; without one Generate is disabled.
    void setReady(bool ready);

    /// One line on what Generate would do.
    void setSummary(const QString& summary);
    MessageBanner& banner() { return *m_banner; }

Q_SIGNALS:
    void generateRequested();
    void stopRequested();

protected:
    void changeEvent(QEvent* event) override;

private:
    void applyColors();

    RunState m_state = RunState::Idle;
    bool m_ready = false;
    MessageBanner* m_banner = nullptr;
    QPushButton* m_generate = nullptr;
    QPushButton* m_stop = nullptr;
    QLabel* m_summary = nullptr;
};

}  // namespace headroom::ui

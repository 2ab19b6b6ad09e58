#pragma once

#include <QWidget>

#include "ui/bridge/run_state.h"

class QLabel;
class QPushButton;

namespace headroom::ui {

class MessageBanner;
class VerdictBox;

/// The button that starts, the one that stops, what is planned in one line, and what went wrong.
class GeneratePanel : public QWidget {
    Q_OBJECT

public:
    explicit GeneratePanel(QWidget* parent = nullptr);

    void showState(RunState state);

    /// Whether a model is open; without one Generate is disabled.
    void setReady(bool ready);

    /// Whether the clip fits into the budget; Generate is disabled when it does not.
    void setFits(bool fits);

    /// One line on what Generate would do.
    void setSummary(const QString& summary);
    MessageBanner& banner() { return *m_banner; }
    VerdictBox& verdict() { return *m_verdict; }

Q_SIGNALS:
    void generateRequested();
    void stopRequested();

protected:
    void changeEvent(QEvent* event) override;

private:
    void applyColors();

    RunState m_state = RunState::Idle;
    bool m_ready = false;
    bool m_fits = true;
    MessageBanner* m_banner = nullptr;
    QPushButton* m_generate = nullptr;
    QPushButton* m_stop = nullptr;
    VerdictBox* m_verdict = nullptr;
    QLabel* m_summary = nullptr;
};

}  // namespace headroom::ui

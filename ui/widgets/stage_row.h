#pragma once

#include <QWidget>

#include "core/engine/events.h"
#include "ui/models/run_progress.h"

class QLabel;
class QProgressBar;

namespace headroom::ui {

/// One stage of a run: name, bar, units done, elapsed and remaining time.
class StageRow : public QWidget {
    Q_OBJECT

public:
    explicit StageRow(Stage stage, QWidget* parent = nullptr);

    void showView(const StageView& view);

protected:
    void changeEvent(QEvent* event) override;

private:
    QString stateText(const StageView& view) const;
    QString timeText(const StageView& view) const;
    void applyColors();

    Stage m_stage;
    QLabel* m_title = nullptr;
    QLabel* m_state = nullptr;
    QLabel* m_time = nullptr;
    QProgressBar* m_bar = nullptr;
};

}  // namespace headroom::ui

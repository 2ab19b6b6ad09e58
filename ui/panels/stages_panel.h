#pragma once

#include <array>

#include <QWidget>

class QLabel;

namespace headroom::ui {

class RunProgress;
class StageRow;

/// The stages of the run with their bars and times, and the whole time below.
class StagesPanel : public QWidget {
    Q_OBJECT

public:
    /// The progress must outlive the panel.
    explicit StagesPanel(const RunProgress& progress, QWidget* parent = nullptr);

private:
    void refresh();

    const RunProgress& m_progress;
    std::array<StageRow*, 3> m_rows{};
    QLabel* m_total = nullptr;
};

}  // namespace headroom::ui

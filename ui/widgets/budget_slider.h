#pragma once

#include <QSlider>

#include "ui/models/budget_model.h"
#include "ui/widgets/budget_axis.h"

namespace headroom::ui {

/// How much memory the run may use. The track shows where nothing works, where only ways that change pixels do, where exact ways
/// do, and what others hold; ticks stand where the plan changes. Arrows move by a small step, Page Up and Page Down to the next
/// plan, Home to the least that works, End to where nothing gets faster. Steps are MiB.
class BudgetSlider : public QSlider {
    Q_OBJECT

public:
    explicit BudgetSlider(BudgetModel& model, QWidget* parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    bool event(QEvent* event) override;

private:
    void adopt();
    void choose(std::int64_t bytes);
    void chooseNextPlan(bool up);
    BudgetAxis axis() const;
    QString textAt(std::int64_t bytes) const;
    void paintTrack(QPainter& painter) const;
    void paintTicks(QPainter& painter) const;
    void paintLabels(QPainter& painter) const;
    void paintHandle(QPainter& painter) const;

    BudgetModel& m_model;
    bool m_adopting = false;
};

}  // namespace headroom::ui

#pragma once

#include <vector>

#include <QWidget>

#include "ui/models/budget_model.h"
#include "ui/widgets/budget_axis.h"

namespace headroom::ui {

/// One stacked bar a stage on the slider's axis, the budget as a line through all of them, a bar of the computer's memory where
/// the device is another, and what is which. While a run goes on a strip under each bar grows to what has been measured. The same
/// numbers are in MemoryTableModel, for people who read tables.
class MemoryBars : public QWidget {
    Q_OBJECT

public:
    explicit MemoryBars(const BudgetModel& model, QWidget* parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {160, sizeHint().height()}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

    /// A part of a bar as it is drawn.
    struct Segment {
        QRectF rect;
        int stage = 0;  ///< Row of the plan.
        MemoryPart part;
    };
    const std::vector<Segment>& segments() const { return m_segments; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct LegendEntry {
        QPointF at;
        QString text;
        std::optional<MemoryKind> kind;  ///< None: others.
    };
    void adopt();
    void layOut();
    double rowHeight() const;
    double barTop(int row) const;
    bool showsHost() const;
    BudgetAxis axis() const;
    std::vector<LegendEntry> legend(double width, double top, double* bottom) const;
    QString tipAt(const QPointF& point) const;
    void paintStage(QPainter& painter, int row) const;
    void paintHost(QPainter& painter, int row) const;
    void paintTitle(QPainter& painter, int row, const QString& left, const QString& right, bool strong) const;
    void paintBudgetLine(QPainter& painter) const;
    void paintLegend(QPainter& painter) const;

    const BudgetModel& m_model;
    std::vector<Segment> m_segments;
};

}  // namespace headroom::ui

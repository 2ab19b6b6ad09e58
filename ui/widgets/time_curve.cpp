#include "ui/widgets/time_curve.h"

#include <algorithm>

#include <QPainter>
#include <QPainterPath>

#include "ui/models/byte_text.h"
#include "ui/models/plan_text.h"
#include "ui/theme/paint_parts.h"
#include "ui/theme/theme.h"
#include "ui/widgets/budget_axis.h"

namespace headroom::ui {

TimeCurve::TimeCurve(const BudgetModel& model, QWidget* parent) : QWidget(parent), m_model(model)
{
    setObjectName(QStringLiteral("timeCurve"));
    setAccessibleName(tr("Time over budget"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&m_model, &BudgetModel::changed, this, &TimeCurve::adopt);
    adopt();
}

void TimeCurve::adopt()
{
    QStringList steps;
    for (const PlanBreakpoint& point : m_model.breakpoints())
        steps << tr("%1: %2").arg(byteText(point.budget_bytes), aboutText(point.seconds));
    setAccessibleDescription(steps.join(QStringLiteral("; ")));
    setToolTip(steps.isEmpty() ? QString() : tr("The time of the run for each budget; the dot is the budget chosen"));
    setVisible(m_model.breakpoints().size() > 1 && m_model.breakpoints().front().seconds > 0);
    update();
}

void TimeCurve::paintEvent(QPaintEvent*)
{
    const auto& points = m_model.breakpoints();
    if (points.empty()) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme theme = themeOf(palette());
    const BudgetAxis axis{m_model.zones().end, double(width())};
    const double slowest = std::ranges::max(points, {}, &PlanBreakpoint::seconds).seconds;
    const double bottom = height() - 2, top = 6;
    const auto y = [&](double seconds) { return bottom - (bottom - top) * seconds / std::max(slowest, 1e-9); };

    QPainterPath line;
    line.moveTo(axis.x(points.front().budget_bytes), y(points.front().seconds));
    for (const PlanBreakpoint& point : points) {
        line.lineTo(axis.x(point.budget_bytes), line.currentPosition().y());
        line.lineTo(axis.x(point.budget_bytes), y(point.seconds));
    }
    line.lineTo(axis.x(m_model.zones().end), line.currentPosition().y());
    QPainterPath area = line;
    area.lineTo(axis.x(m_model.zones().end), bottom);
    area.lineTo(axis.x(points.front().budget_bytes), bottom);
    painter.fillPath(area, faded(theme.accent, theme.dark ? 0.22 : 0.13));
    painter.setPen(QPen(theme.lineStrong, 1));
    painter.drawLine(QPointF(BudgetAxis::kMargin, bottom), QPointF(axis.x(axis.endBytes), bottom));
    const QColor stroke = palette().color(QPalette::Link);
    painter.setPen(QPen(stroke, 1.8));
    painter.drawPath(line);

    const QString slow = aboutText(points.front().seconds), fast = aboutText(points.back().seconds);
    painter.setPen(theme.muted);
    const QFontMetrics metrics = fontMetrics();
    // Under the line, where the area is empty; the slow end's label gives way.
    const double fastX = axis.x(axis.endBytes) - metrics.horizontalAdvance(fast) - 4;
    painter.drawText(QPointF(fastX, std::min(y(points.back().seconds) + 4 + metrics.ascent(), bottom - 3)), fast);
    const double slowX = axis.x(points.front().budget_bytes) + 4;
    if (slowX + metrics.horizontalAdvance(slow) + 12 < fastX)
        painter.drawText(QPointF(slowX, bottom - metrics.descent() - 2), slow);

    if (!m_model.fits()) return;
    const QPointF here(axis.x(m_model.budgetBytes()), y(m_model.seconds()));
    painter.setPen(QPen(theme.panel, 1.5));
    painter.setBrush(theme.text);
    painter.drawEllipse(here, 4.5, 4.5);
}

}  // namespace headroom::ui

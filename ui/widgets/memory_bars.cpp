#include "ui/widgets/memory_bars.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include "ui/models/byte_text.h"
#include "ui/models/plan_text.h"
#include "ui/models/run_progress.h"
#include "ui/theme/memory_colors.h"
#include "ui/theme/paint_parts.h"
#include "ui/theme/theme.h"

namespace headroom::ui {

namespace {

constexpr double kBarHeight = 14;
constexpr double kMeasureHeight = 4;
constexpr double kRowGap = 9;
constexpr double kSwatch = 12;

}  // namespace

MemoryBars::MemoryBars(const BudgetModel& model, QWidget* parent) : QWidget(parent), m_model(model)
{
    setObjectName(QStringLiteral("memoryBars"));
    setAccessibleName(tr("Memory of each stage"));
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&m_model, &BudgetModel::changed, this, &MemoryBars::adopt);
    adopt();
}

void MemoryBars::adopt()
{
    QStringList rows;
    for (const StagePlan& stage : m_model.plan().stages) {
        const auto measured = m_model.measured().find(keyOf(stage));
        rows << QStringLiteral("%1: %2").arg(stageTitle(m_model.plan(), stage),
                                             peakText(stage, measured == m_model.measured().end() ? nullptr : &measured->second));
    }
    setAccessibleDescription(rows.join(QStringLiteral("; ")));
    layOut();
    updateGeometry();
    update();
}

double MemoryBars::rowHeight() const
{
    return fontMetrics().height() + 2 + kBarHeight + kMeasureHeight + kRowGap;
}

double MemoryBars::barTop(int row) const
{
    return row * rowHeight() + fontMetrics().height() + 2;
}

BudgetAxis MemoryBars::axis() const
{
    std::int64_t end = m_model.zones().end;
    // Where nothing is forecast and the device's size is not known, what was measured gives the scale.
    if (end <= 0) {
        for (const auto& [stage, measure] : m_model.measured()) end = std::max(end, measure.peakBytes * 5 / 4);
    }
    return {std::max<std::int64_t>(1, end), double(width())};
}

bool MemoryBars::showsHost() const
{
    return m_model.outlook() && m_model.outlook()->device != "cpu" && m_model.outlook()->host_free_bytes > 0;
}

QSize MemoryBars::sizeHint() const
{
    return {280, heightForWidth(width() > 0 ? width() : 280)};
}

int MemoryBars::heightForWidth(int width) const
{
    const int rows = int(m_model.plan().stages.size()) + (showsHost() ? 1 : 0);
    double bottom = rows * rowHeight();
    legend(width, bottom, &bottom);
    return int(std::ceil(bottom));
}

void MemoryBars::resizeEvent(QResizeEvent*)
{
    layOut();
}

void MemoryBars::layOut()
{
    m_segments.clear();
    const BudgetAxis axis = this->axis();
    for (int row = 0; row < int(m_model.plan().stages.size()); ++row) {
        std::int64_t from = 0;
        for (const MemoryPart& part : m_model.plan().stages[row].parts) {
            const double left = axis.x(from), right = axis.x(from + part.size_bytes);
            m_segments.push_back({QRectF(left, barTop(row), right - left, kBarHeight), row, part});
            from += part.size_bytes;
        }
    }
}

std::vector<MemoryBars::LegendEntry> MemoryBars::legend(double width, double top, double* bottom) const
{
    std::set<MemoryKind> kinds;
    for (const StagePlan& stage : m_model.plan().stages) {
        for (const MemoryPart& part : stage.parts) kinds.insert(part.kind);
    }
    std::vector<LegendEntry> entries;
    QPointF at(BudgetAxis::kMargin, top);
    const double lineHeight = fontMetrics().height() + 4;
    const auto add = [&](const QString& text, std::optional<MemoryKind> kind) {
        const double wide = kSwatch + 5 + fontMetrics().horizontalAdvance(text) + 12;
        if (at.x() + wide - 12 > width && at.x() > BudgetAxis::kMargin) at = {BudgetAxis::kMargin, at.y() + lineHeight};
        entries.push_back({at, text, kind});
        at.rx() += wide;
    };
    for (const MemoryKind kind : kinds) add(memoryKindText(kind), kind);
    if (m_model.outlook() && m_model.outlook()->others_bytes > 0 && m_model.zones().othersFrom < m_model.zones().end)
        add(tr("Other programs"), std::nullopt);
    *bottom = entries.empty() ? top : at.y() + lineHeight;
    return entries;
}

void MemoryBars::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const int stages = int(m_model.plan().stages.size());
    for (int row = 0; row < stages; ++row) paintStage(painter, row);
    if (showsHost() && stages > 0) paintHost(painter, stages);
    paintBudgetLine(painter);
    paintLegend(painter);
}

void MemoryBars::paintTitle(QPainter& painter, int row, const QString& left, const QString& right, bool strong) const
{
    const Theme theme = themeOf(palette());
    const double top = row * rowHeight();
    const QRectF line(BudgetAxis::kMargin, top, width() - 2 * BudgetAxis::kMargin, fontMetrics().height());
    QFont font = this->font();
    if (strong) font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    const QFontMetricsF metrics(font);
    const double rightWidth = std::min(metrics.horizontalAdvance(right) + 2, line.width());
    painter.setPen(theme.text);
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, right);
    const double leftWidth = line.width() - rightWidth - 8;
    if (leftWidth > 16) {
        painter.drawText(line.adjusted(0, 0, -rightWidth - 8, 0), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(left, Qt::ElideRight, leftWidth));
    }
    painter.setFont(this->font());
}

void MemoryBars::paintStage(QPainter& painter, int row) const
{
    const Theme theme = themeOf(palette());
    const StagePlan& stage = m_model.plan().stages[row];
    const auto found = m_model.measured().find(keyOf(stage));
    const StageMeasure* measure = found == m_model.measured().end() ? nullptr : &found->second;
    const bool isPeak = stage.predicted_peak_bytes > 0 && stage.predicted_peak_bytes == m_model.peakBytes();
    QString right = peakText(stage, measure);
    if (!measure && stage.predicted_seconds > 0) right += QStringLiteral(" · ") + roundedText(stage.predicted_seconds);
    paintTitle(painter, row, stageTitle(m_model.plan(), stage), right, isPeak);

    const BudgetAxis axis = this->axis();
    const QRectF track(axis.x(0), barTop(row), axis.length(), kBarHeight);
    fillRound(painter, track, theme.field, theme.line);
    if (m_model.outlook() && m_model.zones().othersFrom < m_model.zones().end) {
        const double left = axis.x(m_model.zones().othersFrom);
        paintTrackZone(painter, QRectF(left, track.top(), track.right() - left, kBarHeight), TrackZone::Others, theme);
    }
    for (const Segment& segment : m_segments) {
        if (segment.stage != row) continue;
        paintMemorySegment(painter, segment.rect, segment.part.kind, theme);
        painter.fillRect(QRectF(segment.rect.right() - 0.5, segment.rect.top(), 0.5, kBarHeight), theme.panel);
    }
    const std::int64_t budget = m_model.budgetBytes();
    if (stage.predicted_peak_bytes > budget) {  // What is over lies under a hatch of its own.
        const QRectF over(QPointF(axis.x(budget), track.top() - 2),
                          QPointF(axis.x(stage.predicted_peak_bytes), track.bottom() + 2));
        paintTrackZone(painter, over, TrackZone::Impossible, theme);
        painter.setPen(QPen(theme.errorText, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(over);
    }
    if (!measure || measure->peakBytes <= 0) return;
    const double reached = axis.x(measure->peakBytes);
    const QRectF strip(track.left(), track.bottom() + 2, std::max(2.0, reached - track.left()), kMeasureHeight - 1);
    painter.fillRect(strip, theme.text);
    painter.fillRect(QRectF(reached - 1, track.top() - 2, 2, kBarHeight + kMeasureHeight + 3), theme.text);
}

void MemoryBars::paintHost(QPainter& painter, int row) const
{
    const Theme theme = themeOf(palette());
    const std::int64_t free = m_model.outlook()->host_free_bytes;
    const std::int64_t used = m_model.hostBytes();
    paintTitle(painter, row, tr("Computer's memory"), tr("%1 free").arg(byteText(used, free)), false);
    const BudgetAxis axis{free, double(width())};
    const QRectF track(axis.x(0), barTop(row), axis.length(), kBarHeight);
    fillRound(painter, track, theme.field, theme.line);
    const QRectF bar(track.left(), track.top(), axis.x(used) - track.left(), kBarHeight);
    if (used > 0) paintMemorySegment(painter, bar, MemoryKind::Context, theme);
}

void MemoryBars::paintBudgetLine(QPainter& painter) const
{
    const int stages = int(m_model.plan().stages.size());
    if (stages == 0 || m_model.budgetBytes() <= 0 || m_model.budgetBytes() > m_model.zones().end) return;
    const Theme theme = themeOf(palette());
    const double x = axis().x(m_model.budgetBytes());
    QPen pen(m_model.fits() ? palette().color(QPalette::Link) : theme.errorText, 1.5);
    painter.setPen(pen);
    for (int row = 0; row < stages; ++row)
        painter.drawLine(QPointF(x, barTop(row) - 2), QPointF(x, barTop(row) + kBarHeight + 2));
}

void MemoryBars::paintLegend(QPainter& painter) const
{
    const Theme theme = themeOf(palette());
    const int rows = int(m_model.plan().stages.size()) + (showsHost() ? 1 : 0);
    double bottom = 0;
    for (const LegendEntry& entry : legend(width(), rows * rowHeight(), &bottom)) {
        const QRectF swatch(entry.at.x(), entry.at.y() + (fontMetrics().height() - kSwatch) / 2.0, kSwatch, kSwatch);
        if (entry.kind) {
            paintMemorySegment(painter, swatch, *entry.kind, theme);
        } else {
            paintTrackZone(painter, swatch, TrackZone::Others, theme);
        }
        painter.setPen(theme.muted);
        painter.drawText(QPointF(swatch.right() + 5, entry.at.y() + fontMetrics().ascent()), entry.text);
    }
}

QString MemoryBars::tipAt(const QPointF& point) const
{
    for (const Segment& segment : m_segments) {
        if (!segment.rect.adjusted(0, -3, 0, 3).contains(point)) continue;
        const StagePlan& stage = m_model.plan().stages[segment.stage];
        return QStringLiteral("%1 · %2: %3\n%4")
            .arg(stageTitle(m_model.plan(), stage), memoryKindText(segment.part.kind), byteText(segment.part.size_bytes),
                 exactByteText(segment.part.size_bytes));
    }
    const int row = int(point.y() / rowHeight());
    if (row < int(m_model.plan().stages.size())) {
        const StagePlan& stage = m_model.plan().stages[row];
        return QStringLiteral("%1 · %2\n%3")
            .arg(stageTitle(m_model.plan(), stage), exactByteText(stage.predicted_peak_bytes),
                 strategyText(stage, m_model.isGuided()));
    }
    if (showsHost() && row == int(m_model.plan().stages.size())) return exactByteText(m_model.hostBytes());
    return {};
}

bool MemoryBars::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::showText(help->globalPos(), tipAt(help->pos()), this);
    return true;
}

}  // namespace headroom::ui

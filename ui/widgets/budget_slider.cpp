#include "ui/widgets/budget_slider.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <QWheelEvent>

#include "core/base/byte_size.h"
#include "ui/models/byte_text.h"
#include "ui/models/plan_text.h"
#include "ui/theme/memory_colors.h"
#include "ui/theme/paint_parts.h"
#include "ui/theme/theme.h"

namespace headroom::ui {

namespace {

constexpr double kTrackTop = 5;
constexpr double kTrackHeight = 12;
constexpr double kTickHeight = 5;
constexpr double kHandleRadius = 7;

/// The smallest whole MiB that a breakpoint's budget fits into.
std::int64_t wholeMiB(std::int64_t bytes)
{
    return (bytes + kMiB - 1) / kMiB * kMiB;
}

}  // namespace

BudgetSlider::BudgetSlider(BudgetModel& model, QWidget* parent) : QSlider(Qt::Horizontal, parent), m_model(model)
{
    setObjectName(QStringLiteral("budgetSlider"));
    setAccessibleName(tr("Memory that may be used"));
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&m_model, &BudgetModel::changed, this, &BudgetSlider::adopt);
    connect(this, &QSlider::valueChanged, this, [this](int value) {
        if (!m_adopting) m_model.setBudget(std::int64_t(value) * kMiB);
    });
    adopt();
}

QSize BudgetSlider::sizeHint() const
{
    return {280, int(kTrackTop + kTrackHeight + kTickHeight) + 2 * fontMetrics().height() + 3};
}

QSize BudgetSlider::minimumSizeHint() const
{
    return {160, sizeHint().height()};
}

BudgetAxis BudgetSlider::axis() const
{
    return {m_model.zones().end, double(width())};
}

void BudgetSlider::adopt()
{
    m_adopting = true;
    const int end = int(m_model.zones().end / kMiB);
    setRange(0, std::max(1, end));
    // A tenth of a GiB where the track is long, a hundredth of it where it is short.
    setSingleStep(end >= 8 * 1024 ? 102 : std::max(1, end / 100));
    setValue(int(m_model.budgetBytes() / kMiB));
    setEnabled(m_model.outlook().has_value() && !m_model.isRunning());
    m_adopting = false;
    setAccessibleDescription(budgetSummary(m_model));
    update();
}

void BudgetSlider::choose(std::int64_t bytes)
{
    m_model.setBudget(std::clamp<std::int64_t>(bytes / kMiB, 1, std::max(1, maximum())) * kMiB);
}

void BudgetSlider::chooseNextPlan(bool up)
{
    const std::int64_t now = m_model.budgetBytes();
    std::optional<std::int64_t> next;
    for (const PlanBreakpoint& point : m_model.breakpoints()) {
        const std::int64_t budget = wholeMiB(point.budget_bytes);
        if (up ? budget > now && !next : budget < now) next = budget;
    }
    if (next) choose(*next);
}

void BudgetSlider::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_PageUp: return chooseNextPlan(true);
    case Qt::Key_PageDown: return chooseNextPlan(false);
    case Qt::Key_Home:
        if (m_model.hasForecast()) return choose(wholeMiB(m_model.zones().minimum));
        break;
    case Qt::Key_End:
        if (m_model.hasForecast()) return choose(wholeMiB(m_model.zones().fastestFrom));
        break;
    case Qt::Key_Left:
    case Qt::Key_Down: return choose(m_model.budgetBytes() - std::int64_t(singleStep()) * kMiB);
    case Qt::Key_Right:
    case Qt::Key_Up: return choose(m_model.budgetBytes() + std::int64_t(singleStep()) * kMiB);
    default: break;
    }
    QSlider::keyPressEvent(event);
}

void BudgetSlider::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton) return event->ignore();
    setSliderDown(true);
    choose(axis().bytesAt(event->position().x()));
}

void BudgetSlider::mouseMoveEvent(QMouseEvent* event)
{
    if (isSliderDown()) choose(axis().bytesAt(event->position().x()));
}

void BudgetSlider::mouseReleaseEvent(QMouseEvent*)
{
    setSliderDown(false);
    update();
}

void BudgetSlider::wheelEvent(QWheelEvent* event)
{
    // Scrolling the panel must not change the budget on the way.
    if (hasFocus()) {
        QSlider::wheelEvent(event);
    } else {
        event->ignore();
    }
}

QString BudgetSlider::textAt(std::int64_t bytes) const
{
    const BudgetZones& zones = m_model.zones();
    const std::int64_t close = std::int64_t(4.0 / axis().length() * double(zones.end));
    for (std::size_t i = 0; i < m_model.breakpoints().size(); ++i) {
        const PlanBreakpoint& point = m_model.breakpoints()[i];
        if (std::abs(point.budget_bytes - bytes) > close) continue;
        return tr("From %1 on, %2:\n%3\n%4")
            .arg(fineByteText(point.budget_bytes), aboutText(point.seconds), m_model.changeAt(i),
                 exactByteText(point.budget_bytes));
    }
    if (bytes < zones.minimum) return tr("Nothing works below %1").arg(fineByteText(zones.minimum));
    if (bytes < zones.exactFrom) return tr("Only ways that change pixels (≈) work below %1").arg(fineByteText(zones.exactFrom));
    if (bytes > zones.othersFrom) return tr("Other programs use %1").arg(byteText(m_model.outlook()->others_bytes));
    if (bytes > zones.fastestFrom && m_model.hasForecast())
        return tr("Nothing gets faster above %1").arg(fineByteText(zones.fastestFrom));
    return m_model.hasForecast() ? tr("Exact ways work here") : QString();
}

bool BudgetSlider::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip || !m_model.outlook()) return QSlider::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::showText(help->globalPos(), textAt(axis().bytesAt(help->pos().x())), this);
    return true;
}

void BudgetSlider::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintTrack(painter);
    if (!m_model.outlook()) return;
    paintTicks(painter);
    paintLabels(painter);
    paintHandle(painter);
}

void BudgetSlider::paintTrack(QPainter& painter) const
{
    const Theme theme = themeOf(palette());
    const BudgetAxis axis = this->axis();
    const QRectF track(BudgetAxis::kMargin, kTrackTop, axis.length(), kTrackHeight);
    painter.save();
    QPainterPath outline;
    outline.addRoundedRect(track, 4, 4);
    painter.setClipPath(outline);
    painter.fillRect(track, theme.line);
    if (m_model.outlook()) {
        const BudgetZones& zones = m_model.zones();
        const auto zone = [&](std::int64_t from, std::int64_t to, TrackZone kind) {
            if (from < to)
                paintTrackZone(painter, {QPointF(axis.x(from), track.top()), QPointF(axis.x(to), track.bottom())}, kind, theme);
        };
        const std::int64_t exact = zones.exactFrom > 0 ? zones.exactFrom : zones.end;
        zone(0, zones.minimum, TrackZone::Impossible);
        zone(zones.minimum, exact, TrackZone::Approximate);
        zone(exact, zones.fastestFrom, TrackZone::Exact);
        zone(std::max(exact, zones.fastestFrom), zones.end, TrackZone::Enough);
        if (zones.othersFrom < zones.end) {
            painter.fillRect(QRectF(QPointF(axis.x(zones.othersFrom), track.top()), track.bottomRight()), theme.panel);
            zone(zones.othersFrom, zones.end, TrackZone::Others);
        }
    }
    painter.restore();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.lineStrong, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(track, 4, 4);
}

void BudgetSlider::paintTicks(QPainter& painter) const
{
    const Theme theme = themeOf(palette());
    const BudgetAxis axis = this->axis();
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (const PlanBreakpoint& point : m_model.breakpoints()) {
        const double x = axis.x(point.budget_bytes);
        painter.fillRect(QRectF(x - 0.5, kTrackTop + kTrackHeight + 1, 1, kTickHeight - 2), theme.lineStrong);
    }
}

void BudgetSlider::paintLabels(QPainter& painter) const
{
    const Theme theme = themeOf(palette());
    const BudgetAxis axis = this->axis();
    const BudgetZones& zones = m_model.zones();
    struct Label {
        std::int64_t bytes;
        QString name;
        bool isMark;
    };
    std::vector<Label> labels;
    if (m_model.hasForecast()) {
        labels.push_back({zones.minimum, tr("least"), true});
        if (zones.fastestFrom > zones.minimum) labels.push_back({zones.fastestFrom, tr("fastest"), true});
        if (zones.noStreamingFrom > 0) labels.push_back({zones.noStreamingFrom, tr("no streaming"), true});
        if (zones.exactFrom > zones.minimum) labels.push_back({zones.exactFrom, tr("exact"), true});
    }
    labels.push_back({zones.end, zones.end >= m_model.outlook()->device_bytes ? tr("in all") : tr("and more"), false});
    std::vector<QRectF> taken;
    const double top = kTrackTop + kTrackHeight + kTickHeight;
    const double lineHeight = fontMetrics().height();
    for (const Label& label : labels) {
        const QString size = byteText(label.bytes);
        const double w = std::max(fontMetrics().horizontalAdvance(size), fontMetrics().horizontalAdvance(label.name)) + 2;
        const double x = axis.x(label.bytes);
        const double left = BudgetAxis::kMargin, right = width() - BudgetAxis::kMargin - w;
        const QRectF box(std::clamp(x - w / 2, left, std::max(left, right)), top, w, 2 * lineHeight);
        const bool hidden =
            std::ranges::any_of(taken, [&](const QRectF& other) { return other.adjusted(-4, 0, 4, 0).intersects(box); });
        if (label.isMark) {
            painter.fillRect(QRectF(x - 1, kTrackTop - 2, 2, kTrackHeight + kTickHeight + 2), theme.text);
        }
        if (hidden) continue;
        taken.push_back(box);
        painter.setPen(label.isMark ? theme.text : theme.muted);
        painter.drawText(QRectF(box.left(), top, w, lineHeight), Qt::AlignHCenter | Qt::AlignVCenter, size);
        painter.setPen(theme.muted);
        painter.drawText(QRectF(box.left(), top + lineHeight, w, lineHeight), Qt::AlignHCenter | Qt::AlignVCenter, label.name);
    }
}

void BudgetSlider::paintHandle(QPainter& painter) const
{
    const Theme theme = themeOf(palette());
    const double x = axis().x(m_model.budgetBytes());
    const QPen border(m_model.fits() ? theme.accent : theme.errorText, 2);
    drawHandle(painter, {{x, kTrackTop + kTrackHeight / 2}, kHandleRadius, border, isEnabled(), hasFocus()}, theme);
}

}  // namespace headroom::ui

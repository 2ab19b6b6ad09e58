#include "ui/theme/paint_parts.h"

#include <algorithm>

#include <QPainter>
#include <QStyleOption>

#include "ui/theme/theme.h"

namespace headroom::ui {

namespace {

constexpr qreal kRadius = 6;
constexpr int kShortestHandle = 32;

}  // namespace

void fillRound(QPainter& painter, const QRectF& rect, const QColor& fill, const QColor& border, qreal width)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(border.alpha() == 0 ? QPen(Qt::NoPen) : QPen(border, width));
    painter.setBrush(fill);
    const qreal inset = border.alpha() == 0 ? 0 : width / 2;
    const qreal radius = std::min(kRadius, rect.height() / 2);
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius);
    painter.restore();
}

void drawField(QPainter& painter, const QStyleOption& option)
{
    const Theme theme = themeOf(option.palette);
    const bool enabled = option.state & QStyle::State_Enabled;
    const bool focused = enabled && (option.state & QStyle::State_HasFocus);
    const bool hovered = enabled && (option.state & QStyle::State_MouseOver);
    const QColor border = focused ? theme.accent : hovered ? theme.lineStrong : theme.line;
    fillRound(painter, option.rect, enabled ? theme.field : theme.panel, border, focused ? 1.5 : 1);
}

void drawCheckBox(QPainter& painter, const QStyleOption& option)
{
    const Theme theme = themeOf(option.palette);
    const bool enabled = option.state & QStyle::State_Enabled;
    const bool checked = option.state & QStyle::State_On;
    const QRectF box = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5);
    const QColor border = !enabled ? theme.line : (option.state & QStyle::State_HasFocus) ? theme.accent : theme.lineStrong;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(checked && enabled ? theme.accent : border, 1.2));
    painter.setBrush(!checked ? theme.field : enabled ? theme.accent : theme.line);
    painter.drawRoundedRect(box, 3, 3);
    if (checked) {
        painter.setPen(QPen(enabled ? theme.onAccent : theme.muted, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        const QPointF points[] = {box.topLeft() + QPointF(box.width() * 0.24, box.height() * 0.52),
                                  box.topLeft() + QPointF(box.width() * 0.43, box.height() * 0.71),
                                  box.topLeft() + QPointF(box.width() * 0.77, box.height() * 0.3)};
        painter.drawPolyline(points, 3);
    }
    painter.restore();
}

void drawChevron(QPainter& painter, const QPointF& centre, Pointing pointing, const QColor& color)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const qreal dy = pointing == Pointing::Up ? 1.5 : -1.5;
    const QPointF points[] = {centre + QPointF(-3, dy), centre + QPointF(0, -dy), centre + QPointF(3, dy)};
    painter.drawPolyline(points, 3);
    painter.restore();
}

void drawHandle(QPainter& painter, const SliderHandle& handle, const Theme& theme)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(handle.border);
    painter.setBrush(!handle.enabled ? theme.line : theme.dark ? QColor(0xF2F3F6) : QColor(0xFFFFFF));
    painter.drawEllipse(handle.centre, handle.radius, handle.radius);
    if (handle.focused) {
        const qreal around = handle.radius + handle.border.widthF() / 2 + 1;
        painter.setPen(QPen(theme.text, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(handle.centre, around, around);
    }
    painter.restore();
}

QRect scrollBarPart(const QStyleOptionSlider& bar, QStyle::SubControl part)
{
    const bool across = bar.orientation == Qt::Horizontal;
    const int length = across ? bar.rect.width() : bar.rect.height();
    const int range = bar.maximum - bar.minimum;
    const int proportional = int(qint64(bar.pageStep) * length / std::max(1, range + bar.pageStep));
    const int handle = range == 0 ? length : std::max(kShortestHandle, proportional);
    const int start =
        QStyle::sliderPositionFromValue(bar.minimum, bar.maximum, bar.sliderPosition, length - handle, bar.upsideDown);
    const auto piece = [&](int from, int to) {
        return across ? QRect(from, 0, to - from, bar.rect.height()) : QRect(0, from, bar.rect.width(), to - from);
    };
    switch (part) {
    case QStyle::SC_ScrollBarSlider: return piece(start, start + handle);
    case QStyle::SC_ScrollBarSubPage: return piece(0, start);
    case QStyle::SC_ScrollBarAddPage: return piece(start + handle, length);
    case QStyle::SC_ScrollBarGroove: return bar.rect;
    default: return {};
    }
}

QColor faded(QColor color, qreal opacity)
{
    color.setAlphaF(opacity);
    return color;
}

}  // namespace headroom::ui

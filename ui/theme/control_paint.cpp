#include "ui/theme/control_paint.h"

#include <algorithm>

#include <QAbstractSpinBox>
#include <QPainter>
#include <QStyleOption>

#include "ui/theme/paint_parts.h"
#include "ui/theme/theme.h"

namespace headroom::ui {

void drawSpinBox(QPainter& painter, const QStyleOptionSpinBox& option, const QRectF& up, const QRectF& down)
{
    drawField(painter, option);
    const Theme theme = themeOf(option.palette);
    const auto arrow = [&](QStyle::SubControl part, QAbstractSpinBox::StepEnabledFlag flag, const QPointF& centre,
                           Pointing pointing) {
        const bool active = (option.activeSubControls & part) && (option.state & QStyle::State_MouseOver);
        const bool enabled = (option.state & QStyle::State_Enabled) && (option.stepEnabled & flag);
        drawChevron(painter, centre, pointing, !enabled ? theme.line : active ? theme.text : theme.muted);
    };
    arrow(QStyle::SC_SpinBoxUp, QAbstractSpinBox::StepUpEnabled, up.center() + QPointF(-0.5, 1.5), Pointing::Up);
    arrow(QStyle::SC_SpinBoxDown, QAbstractSpinBox::StepDownEnabled, down.center() + QPointF(-0.5, -1.5), Pointing::Down);
}

void drawComboBox(QPainter& painter, const QStyleOptionComboBox& option)
{
    drawField(painter, option);
    const Theme theme = themeOf(option.palette);
    const QRectF rect = option.rect;
    drawChevron(painter, QPointF(rect.right() - 13, rect.center().y()), Pointing::Down,
                (option.state & QStyle::State_Enabled) ? theme.muted : theme.line);
}

void drawSlider(QPainter& painter, const QStyleOptionSlider& option, const QRectF& handle)
{
    const Theme theme = themeOf(option.palette);
    QRectF track = option.rect;
    track.setHeight(4);
    track.moveCenter(QRectF(option.rect).center());
    fillRound(painter, track, theme.line, Qt::transparent);
    if (!(option.state & QStyle::State_Enabled)) return;
    QRectF played = track;
    played.setRight(handle.center().x());
    fillRound(painter, played, theme.accent, Qt::transparent);
    const qreal radius = (option.state & QStyle::State_Sunken) ? 7 : 6;
    drawHandle(painter, {handle.center(), radius, QPen(theme.accent, 1.5), true, bool(option.state & QStyle::State_HasFocus)},
               theme);
}

void drawScrollBar(QPainter& painter, const QStyleOptionSlider& option, const QRectF& handle)
{
    if (option.minimum == option.maximum) return;
    const Theme theme = themeOf(option.palette);
    const bool active = option.state & (QStyle::State_Sunken | QStyle::State_MouseOver);
    fillRound(painter, handle.adjusted(3, 3, -3, -3), active ? theme.muted : theme.lineStrong, Qt::transparent);
}

void drawTab(QPainter& painter, const QStyleOption& option)
{
    const Theme theme = themeOf(option.palette);
    if (option.state & QStyle::State_Selected) {
        painter.fillRect(QRect(option.rect.left() + 8, option.rect.bottom() - 1, option.rect.width() - 16, 2), theme.accent);
    }
    if (option.state & QStyle::State_HasFocus) {
        fillRound(painter, QRectF(option.rect).adjusted(2, 3, -2, -5), Qt::transparent, theme.accent, 1.5);
    }
}

void drawProgressBar(QPainter& painter, const QStyleOptionProgressBar& option)
{
    const Theme theme = themeOf(option.palette);
    QRectF track = QRectF(option.rect);
    track.setHeight(6);
    track.moveCenter(QRectF(option.rect).center());
    fillRound(painter, track, theme.line, Qt::transparent);
    const qreal part = qreal(option.progress - option.minimum) / std::max(1, option.maximum - option.minimum);
    if (part <= 0) return;
    track.setWidth(std::max<qreal>(6, track.width() * std::min<qreal>(1, part)));
    fillRound(painter, track, theme.accent, Qt::transparent);
}

}  // namespace headroom::ui

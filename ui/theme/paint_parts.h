#pragma once

#include <QColor>
#include <QPen>
#include <QPointF>
#include <QRectF>
#include <QStyle>

class QPainter;
class QStyleOption;
class QStyleOptionSlider;

namespace headroom::ui {

struct Theme;

/// Which way a chevron points.
enum class Pointing { Up, Down };

/// A rectangle with the window's round corners; a transparent border is none.
void fillRound(QPainter& painter, const QRectF& rect, const QColor& fill, const QColor& border, qreal width = 1);

/// The ground and border of something that can be typed into, in the state of the option.
void drawField(QPainter& painter, const QStyleOption& option);

/// The box of a check box, with its check.
void drawCheckBox(QPainter& painter, const QStyleOption& option);

/// The sign of a spin box's or combo box's button.
void drawChevron(QPainter& painter, const QPointF& centre, Pointing pointing, const QColor& color);

/// The round handle of a slider; the focus is a ring around it.
struct SliderHandle {
    QPointF centre;
    qreal radius = 6;
    QPen border;
    bool enabled = true;
    bool focused = false;
};
void drawHandle(QPainter& painter, const SliderHandle& handle, const Theme& theme);

/// Where a part of a scroll bar without arrow buttons is.
QRect scrollBarPart(const QStyleOptionSlider& bar, QStyle::SubControl part);

/// The colour with this opacity, from 0 to 1.
QColor faded(QColor color, qreal opacity);

}  // namespace headroom::ui

#pragma once

#include <QRectF>

class QPainter;
class QStyleOption;
class QStyleOptionComboBox;
class QStyleOptionProgressBar;
class QStyleOptionSlider;
class QStyleOptionSpinBox;

namespace headroom::ui {

/// The field of a spin box with its two arrows, whose places are given.
void drawSpinBox(QPainter& painter, const QStyleOptionSpinBox& option, const QRectF& up, const QRectF& down);

/// The field of a combo box with its arrow.
void drawComboBox(QPainter& painter, const QStyleOptionComboBox& option);

/// A horizontal slider whose handle is here.
void drawSlider(QPainter& painter, const QStyleOptionSlider& option, const QRectF& handle);

/// The handle of a scroll bar, which has neither arrows nor a ground.
void drawScrollBar(QPainter& painter, const QStyleOptionSlider& option, const QRectF& handle);

/// The line under the chosen tab and the focus.
void drawTab(QPainter& painter, const QStyleOption& option);

void drawProgressBar(QPainter& painter, const QStyleOptionProgressBar& option);

}  // namespace headroom::ui

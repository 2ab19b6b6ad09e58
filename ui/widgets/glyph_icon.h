#pragma once

#include <QIcon>

namespace headroom::ui {

/// The signs on the window's buttons.
enum class Glyph {
    Play,
    Pause,
    First,
    Previous,
    Next,
    Last,
    Loop,
    Dice,
    Lock,
    Swap,
    Folder,
    Close,
    Film,
    Warning,
    Check,
    Detach
};

/// An icon that is drawn as strokes at any size in the text colour of the application's palette, so it follows light and dark;
/// the accent when it is switched on.
QIcon glyphIcon(Glyph glyph);

/// Draws the sign into `rect` in this colour.
void drawGlyph(QPainter& painter, Glyph glyph, const QRectF& rect, const QColor& color);

}  // namespace headroom::ui

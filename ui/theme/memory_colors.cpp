#include "ui/theme/memory_colors.h"

#include <QCoreApplication>
#include <QPainter>

#include "ui/theme/paint_parts.h"
#include "ui/theme/theme.h"

namespace headroom::ui {

namespace {

QString translated(const char* text)
{
    return QCoreApplication::translate("headroom::ui::memoryKindText", text);
}

/// Strokes of a pattern over a rectangle, drawn as lines so that they are as fine at every scale.
void strokeDiagonals(QPainter& painter, const QRectF& rect, const QColor& color, qreal gap, bool rising)
{
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, 1.2));
    const qreal height = rect.height();
    for (qreal x = rect.left() - height; x < rect.right() + height; x += gap) {
        const qreal bottom = rising ? x : x + height;
        const qreal top = rising ? x + height : x;
        painter.drawLine(QPointF(bottom, rect.bottom()), QPointF(top, rect.top()));
    }
    painter.restore();
}

void strokeVerticals(QPainter& painter, const QRectF& rect, const QColor& color, qreal gap)
{
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    painter.setPen(QPen(color, 1.2));
    for (qreal x = rect.left() + gap / 2; x < rect.right(); x += gap)
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()));
    painter.restore();
}

void strokeHorizontals(QPainter& painter, const QRectF& rect, const QColor& color, qreal gap)
{
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    painter.setPen(QPen(color, 1.2));
    for (qreal y = rect.top() + gap / 2; y < rect.bottom(); y += gap)
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y));
    painter.restore();
}

void dot(QPainter& painter, const QRectF& rect, const QColor& color, qreal gap)
{
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    bool shifted = false;
    for (qreal y = rect.top() + gap / 2; y < rect.bottom(); y += gap) {
        for (qreal x = rect.left() + (shifted ? gap : gap / 2); x < rect.right(); x += gap)
            painter.drawEllipse(QPointF(x, y), 1, 1);
        shifted = !shifted;
    }
    painter.restore();
}

}  // namespace

QColor memoryColor(MemoryKind kind, const Theme& theme)
{
    switch (kind) {
    case MemoryKind::Weights: return theme.dark ? QColor(0x3D8FD1) : QColor(0x0067A8);
    case MemoryKind::StreamedWindow: return theme.dark ? QColor(0x7CC8F2) : QColor(0x2A86BD);
    case MemoryKind::Activations: return theme.dark ? QColor(0xE8A12C) : QColor(0xB36B00);
    case MemoryKind::Cache: return theme.dark ? QColor(0x2BB78D) : QColor(0x00805C);
    case MemoryKind::Workspace: return theme.dark ? QColor(0xD78BB4) : QColor(0xA8527F);
    case MemoryKind::Context: return theme.dark ? QColor(0x8A909D) : QColor(0x6B7180);
    }
    return theme.muted;
}

QString memoryKindText(MemoryKind kind)
{
    switch (kind) {
    case MemoryKind::Weights: return translated(QT_TRANSLATE_NOOP("headroom::ui::memoryKindText", "Weights"));
    case MemoryKind::StreamedWindow: return translated(QT_TRANSLATE_NOOP("headroom::ui::memoryKindText", "Streamed window"));
    case MemoryKind::Activations: return translated(QT_TRANSLATE_NOOP("headroom::ui::memoryKindText", "Activations"));
    case MemoryKind::Cache: return translated(QT_TRANSLATE_NOOP("headroom::ui::memoryKindText", "Cache"));
    case MemoryKind::Workspace: return translated(QT_TRANSLATE_NOOP("headroom::ui::memoryKindText", "Workspace"));
    case MemoryKind::Context: return translated(QT_TRANSLATE_NOOP("headroom::ui::memoryKindText", "Context"));
    }
    return {};
}

void paintMemorySegment(QPainter& painter, const QRectF& rect, MemoryKind kind, const Theme& theme)
{
    const QColor fill = memoryColor(kind, theme);
    const QColor stroke = faded(theme.dark ? QColor(Qt::black) : QColor(Qt::white), 0.55);
    painter.fillRect(rect, fill);
    switch (kind) {
    case MemoryKind::Weights: break;
    case MemoryKind::StreamedWindow: strokeVerticals(painter, rect, stroke, 4); break;
    case MemoryKind::Activations: strokeDiagonals(painter, rect, stroke, 7, true); break;
    case MemoryKind::Cache: dot(painter, rect, stroke, 5); break;
    case MemoryKind::Workspace: strokeHorizontals(painter, rect, stroke, 4); break;
    case MemoryKind::Context: strokeDiagonals(painter, rect, stroke, 5, false); break;
    }
}

void paintTrackZone(QPainter& painter, const QRectF& rect, TrackZone zone, const Theme& theme)
{
    if (rect.width() <= 0) return;
    switch (zone) {
    case TrackZone::Impossible:
        painter.fillRect(rect, theme.errorField);
        strokeDiagonals(painter, rect, theme.errorText, 5, true);
        return;
    case TrackZone::Approximate:
        painter.fillRect(rect, faded(memoryColor(MemoryKind::Activations, theme), 0.35));
        dot(painter, rect, memoryColor(MemoryKind::Activations, theme), 5);
        return;
    case TrackZone::Exact: painter.fillRect(rect, faded(theme.accent, theme.dark ? 0.55 : 0.42)); return;
    case TrackZone::Enough: painter.fillRect(rect, faded(theme.accent, theme.dark ? 0.26 : 0.18)); return;
    case TrackZone::Others:
        painter.fillRect(rect, faded(theme.muted, 0.18));
        strokeDiagonals(painter, rect, theme.muted, 5, false);
        return;
    }
}

}  // namespace headroom::ui

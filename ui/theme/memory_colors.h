#pragma once

#include <QBrush>
#include <QColor>
#include <QString>

#include "core/engine/plan.h"

class QPainter;
class QRectF;

namespace headroom::ui {

struct Theme;

/// The colours and patterns of what lies in memory, told apart by both: Okabe and Ito's hues, darker on light ground.
QColor memoryColor(MemoryKind kind, const Theme& theme);

/// "Weights", "Streamed window", …
QString memoryKindText(MemoryKind kind);

/// The parts of the budget's track.
enum class TrackZone { Impossible, Approximate, Exact, Enough, Others };

/// A segment of a bar in its kind's colour and pattern.
void paintMemorySegment(QPainter& painter, const QRectF& rect, MemoryKind kind, const Theme& theme);

/// A part of the track in its colour and pattern.
void paintTrackZone(QPainter& painter, const QRectF& rect, TrackZone zone, const Theme& theme);

}  // namespace headroom::ui

#include "ui/widgets/glyph_icon.h"

#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPalette>
#include <QPixmap>

#include "ui/theme/theme.h"

namespace headroom::ui {

namespace {

void addTriangle(QPainterPath& path, qreal x, qreal width)
{
    path.moveTo(x, 6);
    path.lineTo(x + width, 12);
    path.lineTo(x, 18);
    path.closeSubpath();
}

void addLine(QPainterPath& path, qreal x1, qreal y1, qreal x2, qreal y2)
{
    path.moveTo(x1, y1);
    path.lineTo(x2, y2);
}

/// Filled parts of a sign, on a 24 × 24 grid.
QPainterPath solidPart(Glyph glyph)
{
    QPainterPath path;
    path.setFillRule(Qt::WindingFill);
    switch (glyph) {
    case Glyph::Play: addTriangle(path, 8, 11); break;
    case Glyph::Pause:
        path.addRoundedRect(QRectF(7, 6, 3.5, 12), 1, 1);
        path.addRoundedRect(QRectF(13.5, 6, 3.5, 12), 1, 1);
        break;
    case Glyph::First: addTriangle(path, 18, -9); break;
    case Glyph::Previous: addTriangle(path, 16, -8); break;
    case Glyph::Next: addTriangle(path, 8, 8); break;
    case Glyph::Last: addTriangle(path, 6, 9); break;
    case Glyph::Dice:
        for (const QPointF dot : {QPointF(9, 9), QPointF(15, 9), QPointF(12, 12), QPointF(9, 15), QPointF(15, 15)}) {
            path.addEllipse(dot, 1.3, 1.3);
        }
        break;
    case Glyph::Warning: path.addEllipse(QPointF(12, 17), 1.2, 1.2); break;
    default: break;
    }
    return path;
}

/// Stroked parts of the player's signs, on a 24 × 24 grid.
QPainterPath playerLines(Glyph glyph)
{
    QPainterPath path;
    switch (glyph) {
    case Glyph::First: addLine(path, 7, 6, 7, 18); break;
    case Glyph::Last: addLine(path, 17, 6, 17, 18); break;
    case Glyph::Loop:
        path.moveTo(5, 12);
        path.cubicTo(5, 8, 7, 7, 10, 7);
        path.lineTo(18, 7);
        path.moveTo(15.5, 4.2);
        path.lineTo(18.4, 7);
        path.lineTo(15.5, 9.8);
        path.moveTo(19, 12);
        path.cubicTo(19, 16, 17, 17, 14, 17);
        path.lineTo(6, 17);
        path.moveTo(8.5, 14.2);
        path.lineTo(5.6, 17);
        path.lineTo(8.5, 19.8);
        break;
    default: break;
    }
    return path;
}

/// Stroked parts of the other signs, on a 24 × 24 grid.
QPainterPath otherLines(Glyph glyph)
{
    QPainterPath path;
    switch (glyph) {
    case Glyph::Dice: path.addRoundedRect(QRectF(4.5, 4.5, 15, 15), 3, 3); break;
    case Glyph::Lock:
        path.addRoundedRect(QRectF(5.5, 10.5, 13, 9), 2, 2);
        path.moveTo(8, 10.5);
        path.cubicTo(8, 2.5, 16, 2.5, 16, 10.5);
        break;
    case Glyph::Swap:
        addLine(path, 5, 8.5, 19, 8.5);
        path.moveTo(16, 5.5);
        path.lineTo(19, 8.5);
        path.lineTo(16, 11.5);
        addLine(path, 5, 15.5, 19, 15.5);
        path.moveTo(8, 12.5);
        path.lineTo(5, 15.5);
        path.lineTo(8, 18.5);
        break;
    case Glyph::Folder:
        path.moveTo(4, 18.5);
        path.lineTo(4, 6);
        path.lineTo(9.5, 6);
        path.lineTo(11.5, 8.5);
        path.lineTo(20, 8.5);
        path.lineTo(20, 18.5);
        path.closeSubpath();
        break;
    case Glyph::Close:
        addLine(path, 7, 7, 17, 17);
        addLine(path, 17, 7, 7, 17);
        break;
    case Glyph::Film:
        path.addRoundedRect(QRectF(3.5, 5.5, 17, 13), 2, 2);
        addLine(path, 7.5, 5.5, 7.5, 18.5);
        addLine(path, 16.5, 5.5, 16.5, 18.5);
        addLine(path, 3.5, 12, 7.5, 12);
        addLine(path, 16.5, 12, 20.5, 12);
        break;
    case Glyph::Warning:
        path.moveTo(12, 3.5);
        path.lineTo(21, 20);
        path.lineTo(3, 20);
        path.closeSubpath();
        addLine(path, 12, 9.5, 12, 14);
        break;
    case Glyph::Detach:
        path.addRoundedRect(QRectF(5, 9, 10, 10), 1.5, 1.5);
        path.moveTo(9.5, 5);
        path.lineTo(19, 5);
        path.lineTo(19, 14.5);
        break;
    case Glyph::Check:
        path.moveTo(5.5, 12.5);
        path.lineTo(10, 17);
        path.lineTo(18.5, 7.5);
        break;
    default: break;
    }
    return path;
}

class GlyphEngine : public QIconEngine {
public:
    explicit GlyphEngine(Glyph glyph) : m_glyph(glyph) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override
    {
        const QPalette palette = QGuiApplication::palette();
        QColor color = palette.color(mode == QIcon::Disabled ? QPalette::Disabled : QPalette::Active, QPalette::WindowText);
        if (state == QIcon::On && mode != QIcon::Disabled) color = palette.color(QPalette::Link);
        drawGlyph(*painter, m_glyph, rect, color);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }

    QIconEngine* clone() const override { return new GlyphEngine(m_glyph); }

private:
    Glyph m_glyph;
};

}  // namespace

void drawGlyph(QPainter& painter, Glyph glyph, const QRectF& rect, const QColor& color)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(rect.topLeft());
    painter.scale(rect.width() / 24.0, rect.height() / 24.0);
    painter.fillPath(solidPart(glyph), color);
    const QPen pen(color, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    painter.strokePath(playerLines(glyph), pen);
    painter.strokePath(otherLines(glyph), pen);
    painter.restore();
}

QIcon glyphIcon(Glyph glyph)
{
    return QIcon(new GlyphEngine(glyph));
}

}  // namespace headroom::ui

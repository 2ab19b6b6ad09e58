#include "ui/widgets/frame_view.h"

#include <cmath>

#include <QFocusEvent>
#include <QPainter>

#include "ui/theme/theme.h"
#include "ui/widgets/glyph_icon.h"

namespace headroom::ui {

FrameView::FrameView(QWidget* parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Viewer"));
}

void FrameView::setImage(const QImage& image)
{
    m_image = image;
    update();
}

void FrameView::setScaling(Scaling scaling)
{
    m_scaling = scaling;
    m_scaledKey = 0;
    update();
}

void FrameView::setFit(Fit fit)
{
    m_fit = fit;
    update();
}

void FrameView::setBadge(const QString& text)
{
    if (text == m_badge) return;
    m_badge = text;
    setAccessibleDescription(text);
    update();
}

void FrameView::setDropHint(const QString& text)
{
    m_dropHint = text;
    update();
}

void FrameView::setEmptyText(const QString& headline, const QString& hint)
{
    m_headline = headline;
    m_hint = hint;
    update();
}

QRectF FrameView::pictureRect() const
{
    if (m_image.isNull()) return {};
    const qreal ratio = devicePixelRatioF();
    const QSizeF room = QSizeF(size()) * ratio;
    qreal factor = std::min(room.width() / m_image.width(), room.height() / m_image.height());
    if (m_fit == Fit::ActualSize) factor = 1;
    if (m_scaling == Scaling::PixelExact && factor > 1) factor = std::floor(factor);
    const QSizeF device(std::round(m_image.width() * factor), std::round(m_image.height() * factor));
    const QPointF corner(std::floor((room.width() - device.width()) / 2), std::floor((room.height() - device.height()) / 2));
    return {corner / ratio, device / ratio};
}

void FrameView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), themeOf(palette()).letterbox);
    if (m_image.isNull()) {
        paintEmpty(painter);
    } else {
        paintPicture(painter);
    }
    if (!m_badge.isEmpty()) paintBadge(painter);
    if (!m_dropHint.isEmpty()) paintDropHint(painter);
    if (m_showsFocus) {
        painter.setPen(QPen(themeOf(palette()).accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
    }
}

void FrameView::focusInEvent(QFocusEvent* event)
{
    m_showsFocus = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    QWidget::focusInEvent(event);
}

void FrameView::focusOutEvent(QFocusEvent* event)
{
    m_showsFocus = false;
    QWidget::focusOutEvent(event);
}

void FrameView::paintPicture(QPainter& painter)
{
    const QRectF target = pictureRect();
    const QSize device = (target.size() * devicePixelRatioF()).toSize();
    if (m_scaledKey != m_image.cacheKey() || m_scaled.size() != device) {
        const auto mode = m_scaling == Scaling::Smooth ? Qt::SmoothTransformation : Qt::FastTransformation;
        m_scaled = QPixmap::fromImage(m_image.size() == device ? m_image : m_image.scaled(device, Qt::IgnoreAspectRatio, mode));
        m_scaledKey = m_image.cacheKey();
    }
    painter.drawPixmap(target, m_scaled, QRectF(QPointF(), QSizeF(device)));
}

void FrameView::paintEmpty(QPainter& painter)
{
    const Theme theme = themeOf(palette());
    const QRectF area = QRectF(rect()).adjusted(24, 16, -24, -16);
    QFont headline = font();
    headline.setPointSizeF(headline.pointSizeF() * 1.35);
    headline.setWeight(QFont::DemiBold);
    const int flags = Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap;
    const QRectF bounds(area.left(), 0, std::min<qreal>(area.width(), 420), 1000);
    const qreal headlineHeight = QFontMetricsF(headline, this).boundingRect(bounds, flags, m_headline).height();
    const qreal hintHeight = QFontMetricsF(font(), this).boundingRect(bounds, flags, m_hint).height();
    const qreal total = 56 + 16 + headlineHeight + 8 + hintHeight;
    qreal y = area.top() + std::max<qreal>(0, (area.height() - total) / 2);
    QColor sign = theme.letterboxText;
    sign.setAlphaF(0.55);
    drawGlyph(painter, Glyph::Film, QRectF(area.center().x() - 28, y, 56, 56), sign);
    y += 72;
    const qreal left = area.center().x() - bounds.width() / 2;
    painter.setFont(headline);
    painter.setPen(QColor(0xE9EAEE));
    painter.drawText(QRectF(left, y, bounds.width(), headlineHeight + 4), flags, m_headline);
    y += headlineHeight + 8;
    painter.setFont(font());
    painter.setPen(theme.letterboxText);
    painter.drawText(QRectF(left, y, bounds.width(), hintHeight + 4), flags, m_hint);
}

void FrameView::paintDropHint(QPainter& painter)
{
    painter.fillRect(rect(), QColor(0, 0, 0, 190));
    const QRectF frame = QRectF(rect()).adjusted(16, 16, -16, -16);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(QColor(0xF2F3F6), 2, Qt::DashLine, Qt::RoundCap));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(frame, 8, 8);
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 1.35);
    large.setWeight(QFont::DemiBold);
    painter.setFont(large);
    painter.drawText(frame.adjusted(16, 16, -16, -16), Qt::AlignCenter | Qt::TextWordWrap, m_dropHint);
    painter.setFont(font());
}

void FrameView::paintBadge(QPainter& painter)
{
    const QFontMetricsF metrics(font(), this);
    const QString text = metrics.elidedText(m_badge, Qt::ElideRight, width() - 48);
    const QRectF pill(12, 12, metrics.horizontalAdvance(text) + 20, metrics.height() + 8);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, 170));
    painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2);
    painter.setPen(QColor(0xF2F3F6));
    painter.drawText(pill, Qt::AlignCenter, text);
}

}  // namespace headroom::ui

#pragma once

#include <QImage>
#include <QPixmap>
#include <QWidget>

namespace headroom::ui {

/// How a picture becomes larger or smaller. Serialized: do not renumber.
enum class Scaling {
    Smooth = 0,      ///< Interpolated.
    PixelExact = 1,  ///< Nearest pixel; whole multiples where the picture is enlarged.
};

/// Whether a picture fills the view or is shown one pixel to one. Serialized: do not renumber.
enum class Fit { Window = 0, ActualSize = 1 };

/// Shows one picture with its aspect kept in a dark surround, with a badge in its corner; without a picture it says what to do.
class FrameView : public QWidget {
    Q_OBJECT

public:
    explicit FrameView(QWidget* parent = nullptr);

    void setImage(const QImage& image);
    const QImage& image() const { return m_image; }
    void setScaling(Scaling scaling);
    void setFit(Fit fit);

    /// A short line on the picture ("Preview · step 3 of 20"); empty for none.
    void setBadge(const QString& text);

    /// What letting go of what is dragged over the window would do; empty when nothing is.
    void setDropHint(const QString& text);
    const QString& dropHint() const { return m_dropHint; }

    /// What an empty view says.
    void setEmptyText(const QString& headline, const QString& hint);

    /// Where the picture is drawn, in logical pixels.
    QRectF pictureRect() const;

    QSize sizeHint() const override { return {640, 400}; }
    QSize minimumSizeHint() const override { return {200, 140}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void paintEmpty(QPainter& painter);
    void paintBadge(QPainter& painter);
    void paintDropHint(QPainter& painter);
    void paintPicture(QPainter& painter);

    QImage m_image;
    QPixmap m_scaled;        ///< The picture at the size it was last drawn.
    qint64 m_scaledKey = 0;  ///< cacheKey of the image m_scaled was made of.
    Scaling m_scaling = Scaling::Smooth;
    Fit m_fit = Fit::Window;
    bool m_showsFocus = false;  ///< The focus came by the keyboard.
    QString m_badge;
    QString m_dropHint;
    QString m_headline;
    QString m_hint;
};

}  // namespace headroom::ui

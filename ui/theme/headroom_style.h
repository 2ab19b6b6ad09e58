#pragma once

#include <QProxyStyle>

#include "ui/theme/alt_watch.h"

class QStyleOptionButton;
class QStyleOptionComboBox;

namespace headroom::ui {

/// Fusion with rounded fields, flat buttons, thin sliders and bars, in the colours of the palette's theme. Painted in software.
class HeadroomStyle : public QProxyStyle {
    Q_OBJECT

public:
    HeadroomStyle();

    void polish(QWidget* widget) override;
    using QProxyStyle::polish;
    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                           const QWidget* widget) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                         const QWidget* widget) const override;
    QRect subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const override;
    QIcon standardIcon(StandardPixmap icon, const QStyleOption* option, const QWidget* widget) const override;
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                            const QWidget* widget) const override;

private:
    AltWatch m_alt;
    void drawButtonLabel(const QStyleOptionButton& option, QPainter* painter, const QWidget* widget) const;
    void drawComboBoxLabel(const QStyleOptionComboBox& option, QPainter* painter, const QWidget* widget) const;
    void drawTabLabel(const QStyleOption& option, QPainter* painter, const QWidget* widget) const;
};

}  // namespace headroom::ui

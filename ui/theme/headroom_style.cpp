#include "ui/theme/headroom_style.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QLabel>
#include <QListWidget>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSlider>
#include <QStyleOption>
#include <QTabBar>
#include <QToolButton>

#include "ui/theme/button_paint.h"
#include "ui/theme/control_paint.h"
#include "ui/theme/paint_parts.h"
#include "ui/theme/theme.h"
#include "ui/widgets/glyph_icon.h"

namespace headroom::ui {

namespace {

constexpr int kControlHeight = 32;
constexpr int kRowHeight = 28;  ///< Of lists.
constexpr int kTextInset = 9;   ///< From the left edge of a field to its text.

bool isListOfComboBox(const QWidget* widget)
{
    return widget && widget->parentWidget() && widget->parentWidget()->inherits("QComboBoxPrivateContainer");
}

}  // namespace

HeadroomStyle::HeadroomStyle() : QProxyStyle(QStringLiteral("Fusion")) {}

void HeadroomStyle::polish(QWidget* widget)
{
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton*>(widget) || qobject_cast<QAbstractSpinBox*>(widget) || qobject_cast<QComboBox*>(widget) ||
        qobject_cast<QSlider*>(widget) || qobject_cast<QTabBar*>(widget) || widget->inherits("QLineEdit")) {
        widget->setAttribute(Qt::WA_Hover);
    }
    if (auto* edit = qobject_cast<QPlainTextEdit*>(widget)) edit->viewport()->setAutoFillBackground(false);
    if (auto* list = qobject_cast<QListWidget*>(widget)) list->viewport()->setAutoFillBackground(false);
}

int HeadroomStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const
{
    switch (metric) {
    case PM_FocusFrameHMargin:
        return isListOfComboBox(widget) ? kTextInset - 2 : QProxyStyle::pixelMetric(metric, option, widget);
    case PM_ScrollBarExtent: return 12;
    case PM_ScrollBarSliderMin: return 32;
    case PM_DockWidgetSeparatorExtent: return 5;
    case PM_SliderThickness:
    case PM_SliderControlThickness: return 18;
    case PM_SliderLength: return 14;
    case PM_TabBarTabHSpace: return 24;
    case PM_TabBarTabVSpace: return 16;
    case PM_TabBarTabShiftVertical: return 0;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical: return 0;
    case PM_ToolBarIconSize:
    case PM_SmallIconSize:
    case PM_ButtonIconSize: return 16;
    case PM_DockWidgetTitleMargin: return 8;
    case PM_DockWidgetTitleBarButtonMargin: return 4;
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int HeadroomStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data) const
{
    switch (hint) {
    case SH_ComboBox_Popup: return 0;
    case SH_Slider_AbsoluteSetButtons: return Qt::LeftButton;
    case SH_UnderlineShortcut:
        if (qobject_cast<const QLabel*>(widget) || qobject_cast<const QAbstractButton*>(widget)) return m_alt.isHeld();
        return QProxyStyle::styleHint(hint, option, widget, data);
    case SH_EtchDisabledText:
    case SH_DitherDisabledText: return 0;
    default: return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QSize HeadroomStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                      const QWidget* widget) const
{
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    switch (type) {
    case CT_LineEdit: result.rwidth() += 10; [[fallthrough]];
    case CT_SpinBox:
    case CT_ComboBox: result.setHeight(std::max(option->fontMetrics.height() + 12, kControlHeight)); break;
    case CT_PushButton:
        result.setHeight(buttonRole(widget) == ButtonRole::Chip ? option->fontMetrics.height() + 9
                                                                : std::max(result.height(), kControlHeight));
        result.setWidth(size.width() + buttonPadding(buttonRole(widget)));
        break;
    case CT_ItemViewItem: result.setHeight(std::max(result.height(), kRowHeight)); break;
    case CT_ToolButton: result = result.expandedTo(QSize(kControlHeight, kControlHeight)); break;
    default: break;
    }
    return result;
}

QRect HeadroomStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                                    const QWidget* widget) const
{
    if (control == CC_SpinBox) {
        const QRect all = option->rect;
        const QRect buttons(all.right() - 21, all.top() + 1, 20, all.height() - 2);
        switch (part) {
        case SC_SpinBoxUp: return buttons.adjusted(0, 0, 0, -buttons.height() / 2);
        case SC_SpinBoxDown: return buttons.adjusted(0, buttons.height() / 2, 0, 0);
        case SC_SpinBoxEditField: return all.adjusted(kTextInset - 2, 1, -23, -1);
        default: return all;
        }
    }
    if (control == CC_ComboBox && part == SC_ComboBoxEditField) return option->rect.adjusted(kTextInset - 1, 1, -24, -1);
    if (control == CC_ScrollBar) return scrollBarPart(*qstyleoption_cast<const QStyleOptionSlider*>(option), part);
    return QProxyStyle::subControlRect(control, option, part, widget);
}

QRect HeadroomStyle::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const
{
    if (element == SE_LineEditContents) {
        const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
        if (frame && frame->lineWidth > 0) return option->rect.adjusted(kTextInset - 2, 1, -kTextInset + 2, -1);
    }
    return QProxyStyle::subElementRect(element, option, widget);
}

QIcon HeadroomStyle::standardIcon(StandardPixmap icon, const QStyleOption* option, const QWidget* widget) const
{
    switch (icon) {
    case SP_TitleBarCloseButton:
    case SP_DockWidgetCloseButton: return glyphIcon(Glyph::Close);
    case SP_TitleBarNormalButton: return glyphIcon(Glyph::Detach);
    default: return QProxyStyle::standardIcon(icon, option, widget);
    }
}

void HeadroomStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                                  const QWidget* widget) const
{
    const Theme theme = themeOf(option->palette);
    switch (element) {
    case PE_PanelLineEdit:
        if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option); frame && frame->lineWidth > 0) {
            drawField(*painter, *option);
        }
        return;
    case PE_Frame:
        if (qobject_cast<const QPlainTextEdit*>(widget) || qobject_cast<const QListWidget*>(widget))
            return drawField(*painter, *option);
        break;
    case PE_PanelButtonTool: {
        const bool on = option->state & State_On;
        const bool down = option->state & State_Sunken;
        const bool hovered = (option->state & State_MouseOver) && (option->state & State_Enabled);
        if (on || down || hovered) {
            const QColor fill = on ? faded(theme.accent, 0.18) : faded(theme.text, down ? 0.14 : 0.08);
            fillRound(*painter, option->rect, fill, Qt::transparent);
        }
        return;
    }
    case PE_FrameFocusRect:
        if (qobject_cast<const QPushButton*>(widget)) return;  // Drawn with the button.
        fillRound(*painter, qobject_cast<const QToolButton*>(widget) ? widget->rect() : option->rect, Qt::transparent,
                  theme.accent, 1.5);
        return;
    case PE_IndicatorCheckBox: return drawCheckBox(*painter, *option);
    case PE_FrameTabWidget: return;
    case PE_FrameStatusBarItem: return;
    case PE_FrameTabBarBase:
        painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1), theme.line);
        return;
    case PE_IndicatorDockWidgetResizeHandle: {
        painter->fillRect(option->rect, theme.window);
        return;
    }
    default: break;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void HeadroomStyle::drawButtonLabel(const QStyleOptionButton& option, QPainter* painter, const QWidget* widget) const
{
    const ButtonRole role = buttonRole(widget);
    const QStyleOptionButton label = buttonLabel(option, role);
    painter->save();
    if (role == ButtonRole::Link && (option.state & State_MouseOver)) {
        QFont font = painter->font();
        font.setUnderline(true);
        painter->setFont(font);
    }
    QProxyStyle::drawControl(CE_PushButtonLabel, &label, painter, widget);
    painter->restore();
}

/// A name too long for the box loses its middle: what tells models apart is often at the end.
void HeadroomStyle::drawComboBoxLabel(const QStyleOptionComboBox& option, QPainter* painter, const QWidget* widget) const
{
    QStyleOptionComboBox label = option;
    const int room = subControlRect(CC_ComboBox, &option, SC_ComboBoxEditField, widget).width() - 2;
    label.currentText = label.fontMetrics.elidedText(label.currentText, Qt::ElideMiddle, room);
    QProxyStyle::drawControl(CE_ComboBoxLabel, &label, painter, widget);
}

void HeadroomStyle::drawTabLabel(const QStyleOption& option, QPainter* painter, const QWidget* widget) const
{
    const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(&option);
    if (!tab) return;
    QStyleOptionTab label = *tab;
    label.state &= ~State_HasFocus;
    if (!(label.state & (State_Selected | State_MouseOver))) {
        label.palette.setColor(QPalette::WindowText, themeOf(option.palette).muted);
    }
    QProxyStyle::drawControl(CE_TabBarTabLabel, &label, painter, widget);
}

void HeadroomStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                                const QWidget* widget) const
{
    const Theme theme = themeOf(option->palette);
    switch (element) {
    case CE_PushButtonBevel:
        return drawButton(*painter, *qstyleoption_cast<const QStyleOptionButton*>(option), buttonRole(widget));
    case CE_PushButtonLabel: return drawButtonLabel(*qstyleoption_cast<const QStyleOptionButton*>(option), painter, widget);
    case CE_ComboBoxLabel: return drawComboBoxLabel(*qstyleoption_cast<const QStyleOptionComboBox*>(option), painter, widget);
    case CE_TabBarTabShape: return drawTab(*painter, *option);
    case CE_TabBarTabLabel: return drawTabLabel(*option, painter, widget);
    case CE_ProgressBar: return drawProgressBar(*painter, *qstyleoption_cast<const QStyleOptionProgressBar*>(option));
    case CE_DockWidgetTitle: {
        const auto* dock = qstyleoption_cast<const QStyleOptionDockWidget*>(option);
        painter->fillRect(option->rect, theme.panel);
        QFont font = painter->font();
        font.setWeight(QFont::DemiBold);
        painter->setFont(font);
        painter->setPen(theme.text);
        const QRect text = subElementRect(SE_DockWidgetTitleBarText, option, widget).adjusted(8, 0, 0, 0);
        painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeft,
                          option->fontMetrics.elidedText(dock->title, Qt::ElideRight, text.width()));
        return;
    }
    case CE_HeaderSection: painter->fillRect(option->rect, theme.panel); return;
    case CE_HeaderLabel: {
        QStyleOptionHeader label = *qstyleoption_cast<const QStyleOptionHeader*>(option);
        label.palette.setColor(QPalette::ButtonText, theme.muted);
        QProxyStyle::drawControl(element, &label, painter, widget);
        return;
    }
    case CE_HeaderEmptyArea: painter->fillRect(option->rect, theme.panel); return;
    default: QProxyStyle::drawControl(element, option, painter, widget);
    }
}

void HeadroomStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                                       const QWidget* widget) const
{
    const auto part = [&](SubControl each) { return QRectF(subControlRect(control, option, each, widget)); };
    switch (control) {
    case CC_SpinBox:
        return drawSpinBox(*painter, *qstyleoption_cast<const QStyleOptionSpinBox*>(option), part(SC_SpinBoxUp),
                           part(SC_SpinBoxDown));
    case CC_ComboBox: return drawComboBox(*painter, *qstyleoption_cast<const QStyleOptionComboBox*>(option));
    case CC_ScrollBar:
        return drawScrollBar(*painter, *qstyleoption_cast<const QStyleOptionSlider*>(option), part(SC_ScrollBarSlider));
    case CC_Slider:
        if (const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option); slider->orientation == Qt::Horizontal) {
            return drawSlider(*painter, *slider, part(SC_SliderHandle));
        }
        break;
    default: break;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

}  // namespace headroom::ui

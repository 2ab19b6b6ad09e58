#include "ui/theme/button_paint.h"

#include <QPainter>

#include "ui/theme/paint_parts.h"
#include "ui/theme/theme.h"

namespace headroom::ui {

int buttonPadding(ButtonRole role)
{
    switch (role) {
    case ButtonRole::Quiet: return 16;
    case ButtonRole::Link: return 2;
    default: return 28;
    }
}

void drawButton(QPainter& painter, const QStyleOptionButton& option, ButtonRole role)
{
    const Theme theme = themeOf(option.palette);
    const bool enabled = option.state & QStyle::State_Enabled;
    const bool down = option.state & (QStyle::State_Sunken | QStyle::State_On);
    const bool hovered = enabled && (option.state & QStyle::State_MouseOver);
    const bool focused = enabled && (option.state & QStyle::State_HasFocus);
    const QRectF rect = option.rect;
    switch (role) {
    case ButtonRole::Primary:
        fillRound(painter, rect,
                  !enabled  ? theme.line
                  : down    ? theme.accentPressed
                  : hovered ? theme.accentHover
                            : theme.accent,
                  Qt::transparent);
        if (focused) fillRound(painter, rect.adjusted(2, 2, -2, -2), Qt::transparent, faded(theme.onAccent, 0.75), 1.5);
        return;
    case ButtonRole::Stop:
        fillRound(painter, rect,
                  faded(theme.text, !enabled  ? 0.06
                                    : down    ? 0.22
                                    : hovered ? 0.17
                                              : 0.12),
                  focused ? theme.accent : QColor(Qt::transparent), 1.5);
        return;
    case ButtonRole::Quiet:
        if (hovered || down) fillRound(painter, rect, faded(theme.text, down ? 0.14 : 0.08), Qt::transparent);
        if (focused) fillRound(painter, rect, Qt::transparent, theme.accent, 1.5);
        return;
    case ButtonRole::Link:
        if (focused) fillRound(painter, rect, Qt::transparent, theme.accent, 1.5);
        return;
    case ButtonRole::Chip:
        if (enabled) drawChevron(painter, QPointF(rect.right() - 11, rect.center().y()), Pointing::Down, theme.muted);
        fillRound(painter, rect,
                  faded(theme.text, down      ? 0.14
                                    : hovered ? 0.08
                                              : 0.04),
                  focused ? theme.accent : theme.line, focused ? 1.5 : 1);
        return;
    case ButtonRole::Plain: break;
    }
    const QColor base = option.palette.color(QPalette::Button);
    const QColor hoveredFill = theme.dark ? base.lighter(115) : base.darker(103);
    const QColor downFill = theme.dark ? base.lighter(130) : base.darker(108);
    const QColor fill = !enabled ? theme.panel : down ? downFill : hovered ? hoveredFill : base;
    fillRound(painter, rect, fill, focused ? theme.accent : hovered ? theme.lineStrong : theme.line, focused ? 1.5 : 1);
}

QStyleOptionButton buttonLabel(const QStyleOptionButton& option, ButtonRole role)
{
    QStyleOptionButton label = option;
    const bool enabled = option.state & QStyle::State_Enabled;
    if (role == ButtonRole::Primary && enabled) label.palette.setColor(QPalette::ButtonText, themeOf(option.palette).onAccent);
    if ((role == ButtonRole::Quiet || role == ButtonRole::Link) && enabled) {
        label.palette.setColor(QPalette::ButtonText, label.palette.color(QPalette::Link));
    }
    if (role == ButtonRole::Chip) {
        label.features &= ~QStyleOptionButton::HasMenu;
        label.rect.adjust(2, 0, -18, 0);
        // What is decided is read during a run as well, when it can't be changed.
        if (!enabled) label.palette.setColor(QPalette::ButtonText, themeOf(option.palette).muted);
    }
    if (role != ButtonRole::Link) {
        const int room = label.rect.width() - 6 - (label.icon.isNull() ? 0 : label.iconSize.width() + 4);
        label.text = label.fontMetrics.elidedText(label.text, Qt::ElideRight, room, Qt::TextShowMnemonic);
    }
    return label;
}

}  // namespace headroom::ui

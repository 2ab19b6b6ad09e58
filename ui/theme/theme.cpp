#include "ui/theme/theme.h"

namespace headroom::ui {

Theme lightTheme()
{
    Theme theme;
    theme.window = QColor(0xECEEF2);
    theme.panel = QColor(0xF7F8FA);
    theme.field = QColor(0xFFFFFF);
    theme.line = QColor(0xD6D9E0);
    theme.lineStrong = QColor(0xA9AFBC);
    theme.text = QColor(0x1B1D23);
    theme.muted = QColor(0x5C6270);
    theme.accent = QColor(0x5B4BE0);
    theme.accentHover = QColor(0x6B5CEB);
    theme.accentPressed = QColor(0x4A3BC4);
    theme.onAccent = QColor(0xFFFFFF);
    theme.errorField = QColor(0xFDEDEE);
    theme.errorLine = QColor(0xE9AEB5);
    theme.errorText = QColor(0x8A1826);
    theme.letterbox = QColor(0x121317);
    theme.letterboxText = QColor(0xB4B9C4);
    return theme;
}

Theme darkTheme()
{
    Theme theme;
    theme.dark = true;
    theme.window = QColor(0x131418);
    theme.panel = QColor(0x1C1E24);
    theme.field = QColor(0x14161A);
    theme.line = QColor(0x33363F);
    theme.lineStrong = QColor(0x5A5F6C);
    theme.text = QColor(0xE9EAEE);
    theme.muted = QColor(0x9EA4B1);
    theme.accent = QColor(0x6E5FF0);
    theme.accentHover = QColor(0x7D6FF7);
    theme.accentPressed = QColor(0x5A4BD6);
    theme.onAccent = QColor(0xFFFFFF);
    theme.errorField = QColor(0x351C20);
    theme.errorLine = QColor(0x70303A);
    theme.errorText = QColor(0xFFB9C0);
    theme.letterbox = QColor(0x0C0D0F);
    theme.letterboxText = QColor(0xA7ACB8);
    return theme;
}

Theme themeOf(const QPalette& palette)
{
    return palette.color(QPalette::Active, QPalette::Window).lightness() < 128 ? darkTheme() : lightTheme();
}

QPalette paletteOf(const Theme& theme)
{
    QPalette palette;
    palette.setColor(QPalette::Window, theme.panel);
    palette.setColor(QPalette::WindowText, theme.text);
    palette.setColor(QPalette::Base, theme.field);
    palette.setColor(QPalette::AlternateBase, theme.panel);
    palette.setColor(QPalette::Text, theme.text);
    palette.setColor(QPalette::PlaceholderText, theme.muted);
    palette.setColor(QPalette::Button, theme.dark ? QColor(0x2A2D35) : QColor(0xFFFFFF));
    palette.setColor(QPalette::ButtonText, theme.text);
    palette.setColor(QPalette::BrightText, theme.errorText);
    palette.setColor(QPalette::ToolTipBase, theme.dark ? QColor(0x2A2D35) : QColor(0x23262E));
    palette.setColor(QPalette::ToolTipText, QColor(0xF2F3F6));
    palette.setColor(QPalette::Highlight, theme.accent);
    palette.setColor(QPalette::HighlightedText, theme.onAccent);
    palette.setColor(QPalette::Link, theme.dark ? QColor(0xA79DFF) : theme.accent);
    palette.setColor(QPalette::LinkVisited, theme.dark ? QColor(0xA79DFF) : theme.accent);
    palette.setColor(QPalette::Light, theme.dark ? theme.line : theme.field);
    palette.setColor(QPalette::Midlight, theme.line);
    palette.setColor(QPalette::Mid, theme.line);
    palette.setColor(QPalette::Dark, theme.lineStrong);
    palette.setColor(QPalette::Shadow, QColor(Qt::black));
    const QColor faded = theme.dark ? QColor(0x656A77) : QColor(0x9398A4);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText}) {
        palette.setColor(QPalette::Disabled, role, faded);
    }
    palette.setColor(QPalette::Disabled, QPalette::Highlight, theme.line);
    palette.setColor(QPalette::Disabled, QPalette::Base, theme.panel);
    return palette;
}

}  // namespace headroom::ui

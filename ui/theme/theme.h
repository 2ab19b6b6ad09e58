#pragma once

#include <QColor>
#include <QPalette>

namespace headroom::ui {

/// The colours of the window, named by what they are for.
struct Theme {
    bool dark = false;
    QColor window;      ///< Behind everything, and around the viewer.
    QColor panel;       ///< Docks, menus, bars.
    QColor field;       ///< What can be typed into.
    QColor line;        ///< Quiet borders and separators.
    QColor lineStrong;  ///< Borders under the pointer, scroll handles.
    QColor text;
    QColor muted;   ///< Labels and hints; still 4.5:1 on the panel.
    QColor accent;  ///< The one strong colour: Generate, progress, focus.
    QColor accentHover;
    QColor accentPressed;
    QColor onAccent;    ///< Text on the accent.
    QColor errorField;  ///< Background of the error banner.
    QColor errorLine;
    QColor errorText;
    QColor letterbox;  ///< Around the picture; dark in both themes, so that the picture is judged alike.
    QColor letterboxText;
};

/// The light colours.
Theme lightTheme();

/// The dark colours.
Theme darkTheme();

/// The theme that a palette made by paletteOf belongs to: told by the lightness of its window colour.
Theme themeOf(const QPalette& palette);

/// The Qt palette of a theme, disabled colours included.
QPalette paletteOf(const Theme& theme);

}  // namespace headroom::ui

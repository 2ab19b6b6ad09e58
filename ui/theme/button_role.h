#pragma once

class QAbstractButton;
class QWidget;

namespace headroom::ui {

/// How loudly a button speaks. The style reads it.
enum class ButtonRole {
    Plain,    ///< A bordered button.
    Primary,  ///< The one thing to do: filled with the accent.
    Stop,     ///< Ends what is running: filled, but not inviting.
    Quiet,    ///< Text only until the pointer is over it.
    Chip,     ///< A small bordered button that opens a menu.
    Link,     ///< Text only, without a margin: stands in line with the fields above it.
};

/// Gives a button its role.
void setButtonRole(QAbstractButton* button, ButtonRole role);

/// The role of a widget; Plain when none was given.
ButtonRole buttonRole(const QWidget* widget);

}  // namespace headroom::ui

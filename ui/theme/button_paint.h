#pragma once

#include <QStyleOptionButton>

#include "ui/theme/button_role.h"

class QPainter;

namespace headroom::ui {

/// Both margins beside the text of a button with this role.
int buttonPadding(ButtonRole role);

/// The ground and border of a push button in the state of the option.
void drawButton(QPainter& painter, const QStyleOptionButton& option, ButtonRole role);

/// The option as a style draws its text and icon: in the role's colour, and cut where the room ends.
QStyleOptionButton buttonLabel(const QStyleOptionButton& option, ButtonRole role);

}  // namespace headroom::ui

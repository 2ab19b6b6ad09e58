#include "ui/theme/button_role.h"

#include <QAbstractButton>
#include <QVariant>

namespace headroom::ui {

namespace {

constexpr const char* kRoleProperty = "headroomButtonRole";

}  // namespace

void setButtonRole(QAbstractButton* button, ButtonRole role)
{
    button->setProperty(kRoleProperty, static_cast<int>(role));
    button->update();
}

ButtonRole buttonRole(const QWidget* widget)
{
    return widget ? static_cast<ButtonRole>(widget->property(kRoleProperty).toInt()) : ButtonRole::Plain;
}

}  // namespace headroom::ui

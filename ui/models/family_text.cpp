#include "ui/models/family_text.h"

#include <QCoreApplication>

namespace headroom::ui {

QString familyText(const std::string& text)
{
    return QCoreApplication::translate("FamilyText", text.c_str());  // marked by translatable() in core/models
}

}  // namespace headroom::ui

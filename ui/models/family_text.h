#pragma once

#include <string>

#include <QString>

namespace headroom::ui {

/// A text of a family's description (a setting's label or help, a preset's name) in the window's language; as it is where no
/// translation knows it, such as one of a folder's own.
QString familyText(const std::string& text);

}  // namespace headroom::ui

#pragma once

#include <QObject>

namespace headroom::ui {

/// Which colours the person wants. Serialized: do not renumber.
enum class Appearance { System = 0, Light = 1, Dark = 2 };

/// Puts the style and the palette on the application and follows the system's light or dark when asked to.
class ThemeController : public QObject {
    Q_OBJECT

public:
    /// Reads the system's palette before it sets its own, so make it before any other palette is set.
    explicit ThemeController(QObject* parent = nullptr);

    Appearance appearance() const { return m_appearance; }

    /// Shows these colours from now on.
    void setAppearance(Appearance appearance);

private:
    bool systemIsDark() const;
    void apply();

    Appearance m_appearance = Appearance::System;
    bool m_startedDark = false;
};

}  // namespace headroom::ui

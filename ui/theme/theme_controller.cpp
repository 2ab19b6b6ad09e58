#include "ui/theme/theme_controller.h"

#include <QApplication>
#include <QStyleHints>

#include "ui/theme/headroom_style.h"
#include "ui/theme/theme.h"

namespace headroom::ui {

ThemeController::ThemeController(QObject* parent) : QObject(parent)
{
    m_startedDark = QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
    QApplication::setStyle(new HeadroomStyle);
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, [this] { apply(); });
#endif
    apply();
}

void ThemeController::setAppearance(Appearance appearance)
{
    m_appearance = appearance;
    apply();
}

bool ThemeController::systemIsDark() const
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    const auto scheme = QGuiApplication::styleHints()->colorScheme();
    if (scheme != Qt::ColorScheme::Unknown) return scheme == Qt::ColorScheme::Dark;
#endif
    return m_startedDark;
}

void ThemeController::apply()
{
    const bool dark = m_appearance == Appearance::Dark || (m_appearance == Appearance::System && systemIsDark());
    QApplication::setPalette(paletteOf(dark ? darkTheme() : lightTheme()));
}

}  // namespace headroom::ui

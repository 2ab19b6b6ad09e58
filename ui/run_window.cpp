#include "ui/run_window.h"

#include <QApplication>
#include <QIcon>
#include <QLocale>

#include "ui/desktop/application_start.h"
#include "ui/desktop/quit_signals.h"
#include "ui/desktop/translations.h"
#include "ui/main_window.h"
#include "ui/session.h"
#include "ui/settings/settings_keys.h"
#include "ui/theme/theme_controller.h"

/// In the global namespace, because the macro declares a function there. A static library's resources need it.
static void registerResources()
{
    Q_INIT_RESOURCE(headroom);
}

namespace headroom::ui {

namespace {

QIcon applicationIcon()
{
    QIcon icon;
    for (const int size : {16, 32, 48, 64, 128, 256}) icon.addFile(QStringLiteral(":/icons/headroom-%1.png").arg(size));
    return icon;
}

}  // namespace

int runWindow(Engine& engine, WindowOptions options)
{
    const auto application = startApplication(options.argc, options.argv);
    registerResources();
    installTranslations(*application, QLocale().uiLanguages());
    QApplication::setApplicationName(QStringLiteral("Headroom"));
    QApplication::setOrganizationName(QStringLiteral("Headroom"));
    QApplication::setDesktopFileName(QStringLiteral("org.headroom.Headroom"));
    QApplication::setApplicationVersion(QString::fromStdString(options.version));
    QApplication::setWindowIcon(applicationIcon());
    SettingsStore settings;
    ThemeController theme;
    theme.setAppearance(static_cast<Appearance>(settings.get(keys::kAppearance)));
    AboutText about{QString::fromStdString(options.version), {}, options.gpu_runtime_manifest, options.package_index};
    for (const std::string& component : options.component_versions) about.components << QString::fromStdString(component);
    MainWindow window(engine, settings, theme, about);
    // A clean end when the session or a script ends the program: as if the person closed the window.
    QuitSignals quit;
    QObject::connect(&quit, &QuitSignals::received, &window, &QWidget::close);
    window.show();
    if (!options.gpu_runtime_manifest.empty() && !settings.get(keys::kGreeted)) {
        settings.set(keys::kGreeted, true);
        window.showStart();
    }
    if (!options.open.empty()) window.session().openPath(options.open);
    return QApplication::exec();
}

}  // namespace headroom::ui

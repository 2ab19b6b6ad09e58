// Draws the window in its states into the folder given, for people to look at: `window_screenshots FOLDER [WIDTHxHEIGHT …]`.
#include <QAbstractItemView>
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QMenu>
#include <QMenuBar>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QTextStream>

#include "tests/support/fake_engine.h"
#include "ui/dialogs/help_dialogs.h"
#include "ui/dialogs/settings_dialog.h"
#include "ui/main_window.h"
#include "ui/session.h"
#include "ui/settings/settings_keys.h"
#include "ui/theme/theme_controller.h"

using namespace headroom;

namespace {

void waitFor(const std::function<bool()>& condition)
{
    for (int i = 0; i < 2000 && !condition(); ++i) QTest::qWait(5);
}

void drawStates(ui::ThemeController& theme, ui::Appearance appearance, const QSize& size, const QString& prefix)
{
    theme.setAppearance(appearance);
    QTemporaryDir folder;
    ui::SettingsStore settings(folder.filePath(QStringLiteral("settings.ini")));
    settings.set(ui::keys::kOutputFolder, QDir::home().filePath(QStringLiteral("Videos/Headroom")));
    test::FakeEngine engine;
    engine.behaviour.unit = std::chrono::milliseconds(30);
    ui::MainWindow window(engine, settings, theme,
                          {QStringLiteral("0.1.0"), {QStringLiteral("LibTorch 2.11.0"), QStringLiteral("FFmpeg 5.1.9")}});
    window.resize(size);
    window.show();
    const auto save = [&](const QString& state) { window.grab().save(QStringLiteral("%1-%2.png").arg(prefix, state)); };
    waitFor([&] { return window.session().model().has_value(); });
    QTest::qWait(400);
    save(QStringLiteral("idle"));
    auto* picker = window.findChild<QComboBox*>(QStringLiteral("modelPicker"));
    picker->showPopup();
    picker->view()->window()->grab().save(prefix + QStringLiteral("-models.png"));
    picker->hidePopup();
    for (QMenu* menu : window.menuBar()->findChildren<QMenu*>()) {
        if (menu->title() == QStringLiteral("&View")) menu->grab().save(prefix + QStringLiteral("-menu.png"));
    }
    engine.behaviour.hold_at = Stage::Denoise;
    window.session().generate();
    waitFor([&] { return engine.is_running.load(); });
    QTest::qWait(1500);
    save(QStringLiteral("running"));
    window.session().stop();
    waitFor([&] { return window.session().state() == ui::RunState::Idle; });
    engine.behaviour.hold_at.reset();
    window.session().generate();
    waitFor([&] { return window.session().state() == ui::RunState::Idle; });
    QTest::qWait(300);
    save(QStringLiteral("finished"));
    window.findChild<QTabWidget*>(QStringLiteral("runTabs"))->setCurrentIndex(1);
    engine.behaviour.fail_at = Stage::Decode;
    window.session().generate();
    waitFor([&] { return window.session().state() == ui::RunState::Idle; });
    QTest::qWait(100);
    save(QStringLiteral("error"));
    ui::SettingsDialog dialog(settings, &window);
    dialog.show();
    dialog.grab().save(prefix + QStringLiteral("-settings.png"));
}

}  // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QStringList arguments = QApplication::arguments().mid(1);
    if (arguments.isEmpty()) {
        QTextStream(stderr) << "Usage: window_screenshots FOLDER [WIDTHxHEIGHT …]\n";
        return 2;
    }
    const QDir folder(arguments.takeFirst());
    if (arguments.isEmpty()) arguments << QStringLiteral("1180x760");
    ui::ThemeController theme;
    for (const QString& text : arguments) {
        const QSize size(text.section(u'x', 0, 0).toInt(), text.section(u'x', 1, 1).toInt());
        drawStates(theme, ui::Appearance::Light, size, folder.filePath(text + QStringLiteral("-light")));
        drawStates(theme, ui::Appearance::Dark, size, folder.filePath(text + QStringLiteral("-dark")));
    }
    return 0;
}

// Draws the window in its states into the folder given, for people to look at: `window_screenshots FOLDER [--start] [WIDTHxHEIGHT
// …]`; with --start only the first-start screen. QT_SCALE_FACTOR=2 draws for a screen of twice the density, LANGUAGE=de in
// German.
#include <QAbstractItemView>
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLocale>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QTextStream>

#include "core/base/byte_size.h"
#include "tests/support/fake_engine.h"
#include "tests/support/machine_cases.h"
#include "ui/desktop/translations.h"
#include "ui/dialogs/help_dialogs.h"
#include "ui/dialogs/settings_dialog.h"
#include "ui/dialogs/start_dialog.h"
#include "ui/main_window.h"
#include "ui/panels/memory_panel.h"
#include "ui/session.h"
#include "ui/settings/settings_keys.h"
#include "ui/theme/theme_controller.h"
#include "ui/widgets/strategy_chips.h"

using namespace headroom;

namespace {

void waitFor(const std::function<bool()>& condition)
{
    for (int i = 0; i < 2000 && !condition(); ++i) QTest::qWait(5);
}

/// Waits, then lets what changed last be laid out: on a busy machine the time is over before all layouts have heard of it.
void settle(int wait_ms)
{
    QTest::qWait(wait_ms);
    for (int level = 0; level < 12; ++level) QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
}

/// The memory panel with a large model on a card: enough, little, too little, and as a table.
void drawMemory(test::FakeEngine& engine, ui::MainWindow& window, const QString& prefix,
                const std::function<void(const QString&)>& save)
{
    ui::BudgetModel& budget = window.memory().budget();
    window.session().openModel("/fake/wan");
    waitFor([&] { return budget.outlook() && budget.outlook()->device == "cuda:0"; });
    QTest::qWait(500);
    save(QStringLiteral("memory-auto"));
    budget.setBudget(std::int64_t(5.2 * double(kGiB)));
    save(QStringLiteral("memory-5"));
    budget.setBudget(kGiB);
    save(QStringLiteral("memory-too-little"));
    budget.setBudget(std::int64_t(1.5 * double(kGiB)));
    save(QStringLiteral("memory-approximate"));
    budget.setBudget(8 * kGiB);
    Pins pins;
    pins.guidance = GuidanceOrder::Batched;
    window.memory().chips().choosePins(pins);
    engine.behaviour.hold_at = Stage::Decode;
    engine.behaviour.unit = std::chrono::milliseconds(2);
    QTest::qWait(500);
    window.session().generate();
    waitFor([&] { return budget.measured().contains({Stage::Decode, "vae"}); });
    QTest::qWait(300);
    save(QStringLiteral("memory-running"));
    window.session().stop();
    waitFor([&] { return window.session().state() == ui::RunState::Idle; });
    auto* table = window.findChild<QPushButton*>(QStringLiteral("showAsTable"));
    table->click();
    QTest::qWait(50);
    save(QStringLiteral("memory-table"));
    QMenu* menu = window.findChild<QPushButton*>(QStringLiteral("chipVae"))->menu();
    Q_EMIT menu->aboutToShow();
    menu->grab().save(prefix + QStringLiteral("-chip.png"));
}

/// The first-start screen while it checks a wheel from a folder, and when that wheel turns out to be another.
void drawFetch(ui::MainWindow& window, const QString& prefix)
{
    QTemporaryDir folder;
    ui::MachineFacts facts = test::machineWithCard("580.95.05");
    facts.runtime_root = folder.filePath(QStringLiteral("runtime")).toStdString();
    runtime::PinnedWheel& wheel = facts.manifest->wheels.front();
    wheel.size_bytes = 256 * kMiB;
    QFile file(folder.filePath(QString::fromStdString(wheel.file_name)));
    if (!file.open(QIODevice::WriteOnly) || !file.resize(wheel.size_bytes)) return;
    ui::StartDialog dialog([&facts] { return facts; }, &window);
    runtime::RuntimeSource source;
    source.wheels_dir = folder.path().toStdString();
    dialog.setSource(source);
    dialog.show();
    dialog.findChild<QPushButton*>(QStringLiteral("fetchRuntime"))->click();
    settle(150);
    dialog.grab().save(prefix + QStringLiteral("-start-fetching.png"));
    const auto* stop = dialog.findChild<QPushButton*>(QStringLiteral("stopRuntime"));
    waitFor([&] { return !stop->isVisible(); });
    settle(50);
    dialog.grab().save(prefix + QStringLiteral("-start-failed.png"));
}

/// The first-start screen on several machines, as it comes and as small as it can be made.
void drawStart(ui::MainWindow& window, const QString& prefix)
{
    ui::MachineFacts installed = test::machineWithCard("580.95.05");
    installed.runtime.installed = true;
    const std::pair<const char*, ui::MachineFacts> machines[] = {{"cpu", test::machineWithoutCard()},
                                                                 {"missing", test::machineWithCard("580.95.05")},
                                                                 {"old-driver", test::machineWithCard("550.54.14")},
                                                                 {"installed", installed}};
    for (const auto& [name, facts] : machines) {
        ui::StartDialog dialog([&facts = facts] { return facts; }, &window);
        dialog.show();
        settle(50);
        dialog.grab().save(QStringLiteral("%1-start-%2.png").arg(prefix, QString::fromLatin1(name)));
        dialog.resize(1, 1);
        settle(50);
        dialog.grab().save(QStringLiteral("%1-start-%2-small.png").arg(prefix, QString::fromLatin1(name)));
    }
    drawFetch(window, prefix);
}

void drawStates(ui::ThemeController& theme, ui::Appearance appearance, const QSize& size, const QString& prefix, bool onlyStart)
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
    const auto save = [&](const QString& state) {
        settle(30);
        window.grab().save(QStringLiteral("%1-%2.png").arg(prefix, state));
    };
    waitFor([&] { return window.session().model().has_value(); });
    if (onlyStart) return drawStart(window, prefix);
    QTest::qWait(400);
    save(QStringLiteral("idle"));
    auto* picker = window.findChild<QComboBox*>(QStringLiteral("modelPicker"));
    picker->showPopup();
    picker->view()->window()->grab().save(prefix + QStringLiteral("-models.png"));
    picker->hidePopup();
    window.menuBar()->actions().at(2)->menu()->grab().save(prefix + QStringLiteral("-menu.png"));
    engine.behaviour.hold_at = Stage::Denoise;
    window.session().generate();
    waitFor([&] { return engine.is_running.load(); });
    QTest::qWait(1500);
    save(QStringLiteral("running"));
    auto* tabs = window.findChild<QTabWidget*>(QStringLiteral("runTabs"));
    tabs->setCurrentIndex(1);
    save(QStringLiteral("stages-running"));
    window.session().stop();
    waitFor([&] { return window.session().state() == ui::RunState::Idle; });
    engine.behaviour.hold_at.reset();
    window.session().generate();
    waitFor([&] { return window.session().state() == ui::RunState::Idle; });
    QTest::qWait(300);
    save(QStringLiteral("stages-finished"));
    tabs->setCurrentIndex(0);
    save(QStringLiteral("finished"));
    engine.behaviour.kept_latents = "latents.safetensors";
    engine.behaviour.fail_at = Stage::Decode;
    window.session().generate();
    waitFor([&] { return window.session().state() == ui::RunState::Idle; });
    QTest::qWait(100);
    save(QStringLiteral("error"));
    engine.behaviour.fail_at.reset();
    drawMemory(engine, window, prefix, save);
    ui::SettingsDialog dialog(settings, &window);
    dialog.show();
    dialog.grab().save(prefix + QStringLiteral("-settings.png"));
    ui::showShortcuts(&window);
    ui::showAbout(QStringLiteral("0.1.0"), {QStringLiteral("LibTorch 2.11.0"), QStringLiteral("FFmpeg 5.1.9")}, &window);
    settle(50);
    int number = 0;
    for (QDialog* help : window.findChildren<QDialog*>()) {
        if (help != &dialog) help->grab().save(QStringLiteral("%1-help-%2.png").arg(prefix).arg(++number));
    }
    drawStart(window, prefix);
}

}  // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QStringList arguments = QApplication::arguments().mid(1);
    if (arguments.isEmpty()) {
        QTextStream(stderr) << "Usage: window_screenshots FOLDER [--start] [WIDTHxHEIGHT …]\n";
        return 2;
    }
    const QDir folder(arguments.takeFirst());
    const bool onlyStart = arguments.removeAll(QStringLiteral("--start")) > 0;
    ui::installTranslations(application, QLocale().uiLanguages());
    if (arguments.isEmpty()) arguments << QStringLiteral("1180x760");
    ui::ThemeController theme;
    for (const QString& text : arguments) {
        const QSize size(text.section(u'x', 0, 0).toInt(), text.section(u'x', 1, 1).toInt());
        drawStates(theme, ui::Appearance::Light, size, folder.filePath(text + QStringLiteral("-light")), onlyStart);
        drawStates(theme, ui::Appearance::Dark, size, folder.filePath(text + QStringLiteral("-dark")), onlyStart);
    }
    return 0;
}

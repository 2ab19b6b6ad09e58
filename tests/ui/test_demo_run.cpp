#include <filesystem>

#include <QDir>
#include <QElapsedTimer>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include "core/engine/clip_settings.h"
#include "core/engine/engine.h"
#include "core/media/video_reader.h"
#include "tests/support/full_disk.h"
#include "ui/main_window.h"
#include "ui/panels/viewer_panel.h"
#include "ui/session.h"
#include "ui/settings/settings_keys.h"
#include "ui/settings/settings_store.h"
#include "ui/theme/theme_controller.h"
#include "ui/widgets/clip_player.h"
#include "ui/widgets/message_banner.h"

using namespace headroom;
using headroom::ui::RunState;

/// The window over the real engine and the demo model that ships with the program.
class TestDemoRun : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<ui::SettingsStore> m_settings;
    ui::ThemeController m_theme;
    std::unique_ptr<ui::MainWindow> m_window;

    QString clips() const { return m_folder.filePath(QStringLiteral("clips")); }
    QPushButton* generate() const { return m_window->findChild<QPushButton*>(QStringLiteral("generate")); }
    RunState state() const { return m_window->session().state(); }
    QString message() const { return m_window->findChild<ui::MessageBanner*>()->message(); }
    QStringList clipFiles() const { return QDir(clips()).entryList(QDir::Files); }

    /// The files of denoised latents that runs which failed left behind.
    QStringList keptLatents() const
    {
        const QDir folder(m_folder.filePath(QStringLiteral("state/unfinished")));
        QStringList paths;
        for (const QString& name : folder.entryList(QDir::Files)) paths << folder.filePath(name);
        return paths;
    }

private Q_SLOTS:
    void init()
    {
        m_engine = make_engine({.demo_model_dir = std::filesystem::path(HEADROOM_SOURCE_DIR) / "resources" / "demo_model",
                                .state_dir = m_folder.filePath(QStringLiteral("state")).toStdString(),
                                .modules_dir = {}});
        m_settings = std::make_unique<ui::SettingsStore>(m_folder.filePath(QStringLiteral("settings.ini")));
        m_settings->set(ui::keys::kOutputFolder, clips());
        m_window = std::make_unique<ui::MainWindow>(*m_engine, *m_settings, m_theme, ui::AboutText{QStringLiteral("test"), {}});
        m_window->show();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->session().model().has_value(), 20000);
        QTRY_VERIFY_WITH_TIMEOUT(generate()->isEnabled(), 20000);
    }
    void cleanup()
    {
        m_window.reset();
        m_engine.reset();
        QDir(clips()).removeRecursively();
    }

    void makesAClipThatCarriesItsSettings()
    {
        qint64 longest_gap_ms = 0;
        QElapsedTimer since_tick;
        QTimer tick;
        connect(&tick, &QTimer::timeout, this, [&] { longest_gap_ms = std::max(longest_gap_ms, since_tick.restart()); });
        tick.start(0);
        since_tick.start();

        generate()->click();
        QTRY_VERIFY_WITH_TIMEOUT(state() != RunState::Idle, 5000);
        QTRY_COMPARE_WITH_TIMEOUT(state(), RunState::Idle, 180000);
        qInfo("longest gap of the event loop during a run: %lld ms", static_cast<long long>(longest_gap_ms));
        QCOMPARE(m_window->viewer().player().frameCount(), m_window->session().model()->defaults.frames);

        const QStringList files = QDir(clips()).entryList({QStringLiteral("*.mp4")}, QDir::Files);
        QCOMPARE(files.size(), 1);
        const auto metadata = media::read_clip_metadata(QDir(clips()).filePath(files.first()).toStdString());
        QVERIFY(metadata.has_value());
        const auto settings = parse_clip_settings(metadata->comment);
        QVERIFY(settings.has_value());
        QCOMPARE(settings->request.prompt, m_window->session().model()->defaults.prompt);
        QVERIFY(settings->request.seed > 0);
    }

    void stopsARunAndLeavesNoFile()
    {
        generate()->click();
        QTRY_COMPARE_WITH_TIMEOUT(state(), RunState::Running, 20000);
        QTest::keyClick(m_window.get(), Qt::Key_Escape);
        QTRY_COMPARE_WITH_TIMEOUT(state(), RunState::Idle, 30000);
        QCOMPARE(clipFiles(), QStringList());
    }

    void aDiskThatFillsDuringTheRunCostsTheFileAndNotTheWork()
    {
        QVERIFY(QDir().mkpath(clips()));
        const test::SmallDisk disk(clips().toStdString());
        if (!disk.is_mounted()) QSKIP("this process may not mount a small disk; aFileSizeLimit… covers a failing write");
        generate()->click();
        QTRY_COMPARE_WITH_TIMEOUT(state(), RunState::Running, 20000);
        const std::filesystem::path filler = disk.fill();
        QTRY_COMPARE_WITH_TIMEOUT(state(), RunState::Idle, 180000);
        QVERIFY2(message().contains(QStringLiteral("free some space")), qPrintable(message()));
        QCOMPARE(keptLatents().size(), 1);
        QVERIFY2(message().contains(keptLatents().first()), qPrintable(message()));
        std::filesystem::remove(filler);
        QCOMPARE(clipFiles(), QStringList());

        auto* finish = m_window->findChild<QPushButton*>(QStringLiteral("bannerAction"));
        QVERIFY(finish->isVisible());
        finish->click();
        QTRY_COMPARE_WITH_TIMEOUT(state(), RunState::Running, 20000);
        QTRY_COMPARE_WITH_TIMEOUT(state(), RunState::Idle, 180000);
        QCOMPARE(keptLatents(), QStringList());
        QCOMPARE(clipFiles().size(), 1);
        const auto metadata = media::read_clip_metadata(QDir(clips()).filePath(clipFiles().first()).toStdString());
        QVERIFY(metadata.has_value());
        const auto settings = parse_clip_settings(metadata->comment);
        QVERIFY(settings.has_value());
        QCOMPARE(settings->request.prompt, m_window->session().model()->defaults.prompt);
        QDir(clips()).remove(clipFiles().first());

        generate()->click();
        QTRY_COMPARE_WITH_TIMEOUT(state(), RunState::Running, 20000);
        QTRY_COMPARE_WITH_TIMEOUT(state(), RunState::Idle, 180000);
        QCOMPARE(message(), QString());
        QCOMPARE(clipFiles().size(), 1);
    }

    void aFileSizeLimitIsASentenceInTheWindow()
    {
        const test::FileSizeLimit limit(3'000);  // neither the latents nor the clip fit
        generate()->click();
        QTRY_COMPARE_WITH_TIMEOUT(state(), RunState::Running, 20000);
        QTRY_COMPARE_WITH_TIMEOUT(state(), RunState::Idle, 180000);
        QVERIFY2(message().contains(QStringLiteral("larger than")), qPrintable(message()));
        QVERIFY2(clipFiles().isEmpty(), qPrintable(clipFiles().join(' ') + message()));
        QVERIFY(generate()->isEnabled());
    }

    void closesWhileRunning()
    {
        generate()->click();
        QTRY_COMPARE_WITH_TIMEOUT(state(), RunState::Running, 20000);
        m_window->close();
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->isVisible(), 30000);
        QCOMPARE(clipFiles(), QStringList());
    }
};

QTEST_MAIN(TestDemoRun)
#include "test_demo_run.moc"

#pragma once

#include <memory>

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "tests/support/fake_engine.h"
#include "ui/main_window.h"
#include "ui/session.h"
#include "ui/settings/settings_keys.h"
#include "ui/settings/settings_store.h"
#include "ui/theme/theme_controller.h"

namespace headroom::test {

/// A window over a fake engine with settings and clips in a folder of its own.
class WindowFixture {
public:
    WindowFixture()
    {
        settings = std::make_unique<ui::SettingsStore>(folder.filePath(QStringLiteral("settings.ini")));
        settings->set(ui::keys::kOutputFolder, folder.filePath(QStringLiteral("clips")));
    }

    /// Opens the window and waits until its model is open.
    void open()
    {
        window = std::make_unique<ui::MainWindow>(engine, *settings, theme, ui::AboutText{QStringLiteral("test"), {}});
        window->show();
        QVERIFY(QTest::qWaitForWindowExposed(window.get()));
        QTRY_VERIFY(window->session().model().has_value());
        QTRY_VERIFY(child<QWidget>("generate")->isEnabled());
    }

    template <typename T>
    T* child(const char* name) const
    {
        T* found = window->findChild<T*>(QString::fromLatin1(name));
        if (!found) qFatal("No %s in the window", name);
        return found;
    }

    ui::RunState state() const { return window->session().state(); }

    FakeEngine engine;
    QTemporaryDir folder;
    std::unique_ptr<ui::SettingsStore> settings;
    ui::ThemeController theme;
    std::unique_ptr<ui::MainWindow> window;
};

}  // namespace headroom::test

#include <csignal>

#include <QApplication>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include "tests/support/fake_engine.h"
#include "ui/run_window.h"

namespace {

int g_signal = 0;  ///< Sent in the middle of a run; 0: the window is closed instead.
bool g_wasVisible = false;
QSize g_iconSize;

/// Runs inside runWindow, after its QApplication was made: looks at the window, then closes it.
void lookThenClose()
{
    if (g_signal != 0) {
        QTimer::singleShot(600, qApp, [] {
            for (QWidget* widget : QApplication::topLevelWidgets()) {
                if (auto* generate = widget->findChild<QPushButton*>(QStringLiteral("generate"))) generate->click();
            }
        });
        QTimer::singleShot(1200, qApp, [] { std::raise(g_signal); });
        return;
    }
    QTimer::singleShot(200, qApp, [] {
        for (const QWidget* widget : QApplication::topLevelWidgets()) {
            g_wasVisible = g_wasVisible || (widget->objectName() == QStringLiteral("mainWindow") && widget->isVisible());
        }
        g_iconSize = QApplication::windowIcon().actualSize({64, 64});
        QApplication::closeAllWindows();
    });
}
Q_COREAPP_STARTUP_FUNCTION(lookThenClose)

}  // namespace

class TestRunWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void opensAWindowWithTheIconAndReturnsWhenItIsClosed()
    {
        headroom::test::FakeEngine engine;
        char name[] = "headroom";
        char* arguments[] = {name, nullptr};
        headroom::ui::WindowOptions options;
        options.argc = 1;
        options.argv = arguments;
        options.version = "0.1.0";
        QCOMPARE(headroom::ui::runWindow(engine, options), 0);
        QVERIFY(g_wasVisible);
        QCOMPARE(g_iconSize, QSize(64, 64));
    }

    void aSignalStopsTheRunAndClosesTheWindow_data()
    {
        QTest::addColumn<int>("signal");
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGINT") << SIGINT;
    }

    void aSignalStopsTheRunAndClosesTheWindow()
    {
        QFETCH(int, signal);
        QTemporaryDir home;
        qputenv("HOME", home.path().toUtf8());
        headroom::test::FakeEngine engine;
        engine.behaviour.hold_at = headroom::Stage::Denoise;
        g_signal = signal;
        char name[] = "headroom";
        char* arguments[] = {name, nullptr};
        headroom::ui::WindowOptions options;
        options.argc = 1;
        options.argv = arguments;
        QCOMPARE(headroom::ui::runWindow(engine, options), 0);
        QCOMPARE(engine.runs.load(), 1);
        QVERIFY(!engine.is_running);
    }
};

QTEST_APPLESS_MAIN(TestRunWindow)
#include "test_run_window.moc"

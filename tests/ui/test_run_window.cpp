#include <QApplication>
#include <QTest>
#include <QTimer>

#include "tests/support/fake_engine.h"
#include "ui/run_window.h"

namespace {

bool g_wasVisible = false;
QSize g_iconSize;

/// Runs inside runWindow, after its QApplication was made: looks at the window, then closes it.
void lookThenClose()
{
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
};

QTEST_APPLESS_MAIN(TestRunWindow)
#include "test_run_window.moc"

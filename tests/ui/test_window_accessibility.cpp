#include <QAbstractScrollArea>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QPainter>
#include <QPushButton>
#include <QSet>
#include <QSlider>
#include <QTabBar>

#include "tests/ui/mnemonics.h"
#include "tests/ui/window_fixture.h"
#include "ui/dialogs/help_dialogs.h"
#include "ui/dialogs/settings_dialog.h"
#include "ui/panels/viewer_panel.h"
#include "ui/theme/memory_colors.h"
#include "ui/theme/theme.h"
#include "ui/widgets/clip_player.h"

using namespace headroom;
using headroom::test::WindowFixture;

namespace {

/// Whether Qt made the widget for its own use inside a control that has a name.
bool isInsideControl(const QWidget* widget)
{
    const QWidget* parent = widget->parentWidget();
    return parent && (qobject_cast<const QAbstractSpinBox*>(parent) || qobject_cast<const QComboBox*>(parent) ||
                      qobject_cast<const QAbstractScrollArea*>(parent) || qobject_cast<const QTabBar*>(parent) ||
                      parent->inherits("QComboBoxPrivateContainer") || widget->objectName().startsWith(QStringLiteral("qt_")));
}

QStringList namelessControls(const QWidget& window)
{
    QStringList nameless;
    for (const QWidget* widget : window.findChildren<QWidget*>()) {
        const bool isControl = widget->focusPolicy() != Qt::NoFocus;
        if (!isControl || isInsideControl(widget) || widget->focusProxy()) continue;
        if (widget->accessibleName().isEmpty()) {
            nameless << QStringLiteral("%1 “%2”").arg(QString::fromLatin1(widget->metaObject()->className()),
                                                      widget->objectName());
        }
    }
    return nameless;
}

double luminance(const QColor& color)
{
    const auto linear = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

double contrast(const QColor& a, const QColor& b)
{
    const double bright = std::max(luminance(a), luminance(b));
    const double dim = std::min(luminance(a), luminance(b));
    return (bright + 0.05) / (dim + 0.05);
}

}  // namespace

class TestWindowAccessibility : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyControlOfTheWindowHasAName()
    {
        WindowFixture fixture;
        fixture.open();
        QCOMPARE(namelessControls(*fixture.window), QStringList());
    }

    void everyControlOfTheDialogsHasAName()
    {
        WindowFixture fixture;
        fixture.open();
        ui::SettingsDialog settings(*fixture.settings);
        QCOMPARE(namelessControls(settings), QStringList());
        ui::showAbout(QStringLiteral("1"), {QStringLiteral("LibTorch 2.11.0")}, fixture.window.get());
        ui::showShortcuts(fixture.window.get());
        for (const QDialog* dialog : fixture.window->findChildren<QDialog*>()) QCOMPARE(namelessControls(*dialog), QStringList());
    }

    void tabReachesEveryControlFromThePrompt()
    {
        WindowFixture fixture;
        fixture.open();
        fixture.window->activateWindow();
        auto* prompt = fixture.child<QWidget>("prompt");
        prompt->setFocus();
        QStringList order;
        QSet<const QWidget*> seen;
        for (int i = 0; i < 100 && !seen.contains(fixture.window->focusWidget()); ++i) {
            seen.insert(fixture.window->focusWidget());
            order << fixture.window->focusWidget()->objectName();
            QTest::keyClick(fixture.window->focusWidget(), Qt::Key_Tab);
        }
        qInfo("tab order: %s", qPrintable(order.join(QStringLiteral(" → "))));
        const QStringList expected{"prompt",    "negativePrompt", "modelPicker", "openModelFolder", "sizePreset",
                                   "swapSides", "width",          "height",      "frames",          "fps",
                                   "steps",     "guidance",       "seed",        "seedDice",        "resetDefaults",
                                   "generate"};
        int position = -1;
        for (const QString& name : expected) {
            const int found = int(order.indexOf(name));
            QVERIFY2(found > position, qPrintable(name));
            position = found;
        }
    }

    void everyMnemonicLeadsToOneThing()
    {
        WindowFixture fixture;
        fixture.open();
        QCOMPARE(headroom::test::clashingMnemonics(*fixture.window), QStringList());
    }

    void mnemonicsShowWhileAltIsHeld()
    {
        WindowFixture fixture;
        fixture.open();
        const auto picture = [&] { return fixture.window->grab(QRect(0, 50, 300, 500)).toImage(); };
        fixture.window->viewer().view().setFocus();  // No cursor blinks there.
        const QImage without = picture();
        QTest::keyPress(fixture.window.get(), Qt::Key_Alt);
        QVERIFY(picture() != without);
        QTest::keyRelease(fixture.window.get(), Qt::Key_Alt);
        QCOMPARE(picture(), without);
    }

    void theFocusIsSeenOnEveryControl()
    {
        WindowFixture fixture;
        fixture.open();
        fixture.child<QPushButton>("generate")->click();
        QTRY_COMPARE_WITH_TIMEOUT(fixture.state(), headroom::ui::RunState::Idle, 20000);
        fixture.window->viewer().player().pause();
        fixture.window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(fixture.window.get()));
        QWidget elsewhere(fixture.window.get());
        elsewhere.setFocusPolicy(Qt::StrongFocus);
        elsewhere.show();
        QStringList unseen;
        for (QWidget* widget : fixture.window->findChildren<QWidget*>()) {
            if (!(widget->focusPolicy() & Qt::TabFocus) || !widget->isVisible() || !widget->isEnabled() || widget->focusProxy())
                continue;
            if (isInsideControl(widget) || widget == &elsewhere) continue;
            elsewhere.setFocus(Qt::TabFocusReason);
            const QImage without = widget->grab().toImage();
            widget->setFocus(Qt::TabFocusReason);
            if (widget->grab().toImage() == without)
                unseen << QStringLiteral("%1 “%2”").arg(widget->objectName(), widget->accessibleName());
        }
        QCOMPARE(unseen, QStringList());
    }

    void whatIsInMemoryStandsOutFromTheGround()
    {
        for (const ui::Theme& theme : {ui::lightTheme(), ui::darkTheme()}) {
            for (int kind = 0; kind <= int(MemoryKind::Context); ++kind) {
                const QColor color = ui::memoryColor(static_cast<MemoryKind>(kind), theme);
                QVERIFY2(contrast(color, theme.field) >= 3 && contrast(color, theme.panel) >= 3, qPrintable(color.name()));
            }
        }
    }

    void everyKindOfMemoryHasItsOwnPattern()
    {
        QList<QImage> drawn;
        for (int kind = 0; kind <= int(MemoryKind::Context); ++kind) {
            QImage image(24, 14, QImage::Format_Grayscale8);
            QPainter painter(&image);
            ui::Theme theme = ui::lightTheme();
            ui::paintMemorySegment(painter, image.rect(), static_cast<MemoryKind>(kind), theme);
            painter.end();
            // Without colours: which pixels differ from the ground colour of the segment.
            QImage pattern(24, 14, QImage::Format_Mono);
            const int ground = QColor(image.pixel(0, 0)).lightness();
            for (int y = 0; y < 14; ++y) {
                for (int x = 0; x < 24; ++x) pattern.setPixel(x, y, std::abs(QColor(image.pixel(x, y)).lightness() - ground) > 8);
            }
            QVERIFY2(!drawn.contains(pattern), qPrintable(ui::memoryKindText(static_cast<MemoryKind>(kind))));
            drawn << pattern;
        }
    }

    void textHasEnoughContrast()
    {
        for (const ui::Theme& theme : {ui::lightTheme(), ui::darkTheme()}) {
            QVERIFY(contrast(theme.text, theme.panel) >= 7);
            QVERIFY(contrast(theme.muted, theme.panel) >= 4.5);
            QVERIFY(contrast(theme.onAccent, theme.accent) >= 4.5);
            QVERIFY(contrast(theme.errorText, theme.errorField) >= 4.5);
            QVERIFY(contrast(theme.letterboxText, theme.letterbox) >= 4.5);
            QVERIFY(contrast(ui::paletteOf(theme).color(QPalette::Link), theme.panel) >= 4.5);
        }
    }
};

QTEST_MAIN(TestWindowAccessibility)
#include "test_window_accessibility.moc"

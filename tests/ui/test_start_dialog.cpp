#include <QApplication>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/support/machine_cases.h"
#include "ui/dialogs/start_dialog.h"
#include "ui/widgets/message_banner.h"

using namespace headroom;
using namespace headroom::ui;

/// The first-start screen, told about machines that are not there.
class TestStartDialog : public QObject {
    Q_OBJECT

    static QString text(const StartDialog& dialog, const char* name)
    {
        return dialog.findChild<QLabel*>(QString::fromLatin1(name))->text();
    }
    static void nothingIsCut(const StartDialog& dialog)
    {
        QTest::qWait(20);
        for (const QLabel* label : dialog.findChildren<QLabel*>()) {
            if (label->isVisible() && label->wordWrap())
                QVERIFY2(label->height() >= label->heightForWidth(label->width()), qPrintable(label->text()));
        }
    }
    static QPushButton* button(const StartDialog& dialog, const char* name)
    {
        return dialog.findChild<QPushButton*>(QString::fromLatin1(name));
    }

private Q_SLOTS:
    void aMachineWithoutACardIsToldThatItComputesAllTheSame()
    {
        StartDialog dialog([] { return test::machineWithoutCard(); });
        dialog.show();
        QVERIFY(text(dialog, "startDevice").contains(QStringLiteral("on the processor")));
        QVERIFY(!button(dialog, "fetchRuntime")->isVisible());
        QVERIFY(text(dialog, "startClips").contains(QStringLiteral("free")));
    }

    void aCardIsToldWhatIsMissing_data()
    {
        QTest::addColumn<QString>("driver");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("no driver") << ""
                                   << "not installed";
        QTest::newRow("an old driver") << "550.54.14"
                                       << "too old";
        QTest::newRow("a good driver") << "580.95.05"
                                       << "Driver 580.95.05";
    }

    void aCardIsToldWhatIsMissing()
    {
        QFETCH(QString, driver);
        QFETCH(QString, sentence);
        StartDialog dialog([&] { return test::machineWithCard(driver.toStdString()); });
        dialog.show();
        QVERIFY2(text(dialog, "startDevice").contains(sentence), qPrintable(text(dialog, "startDevice")));
        QVERIFY2(text(dialog, "startRuntime").contains(QStringLiteral("2.1 GiB to fetch")),
                 qPrintable(text(dialog, "startRuntime")));
        QVERIFY(button(dialog, "fetchRuntime")->isVisible());
        QVERIFY(!button(dialog, "stopRuntime")->isVisible());
    }

    void anInstalledRuntimeOffersNothing()
    {
        StartDialog dialog([] {
            MachineFacts facts = test::machineWithCard("580.95.05");
            facts.runtime.installed = true;
            return facts;
        });
        dialog.show();
        QVERIFY(text(dialog, "startRuntime").contains(QStringLiteral("is installed")));
        QVERIFY(!button(dialog, "fetchRuntime")->isVisible());
    }

    void aFetchThatFailsSaysWhyAndCanBeTriedAgain()
    {
        QTemporaryDir dir;
        StartDialog dialog([&] {
            MachineFacts facts = test::machineWithCard("580.95.05");
            facts.runtime_root = dir.filePath(QStringLiteral("runtime")).toStdString();
            facts.manifest->wheels.resize(1);
            facts.manifest->wheels[0].size_bytes = 1000;
            facts.manifest->wheels[0].files = {{"a", 1}};
            return facts;
        });
        runtime::RuntimeSource source;
        source.wheels_dir = dir.path().toStdString();
        dialog.setSource(source);
        dialog.show();
        button(dialog, "fetchRuntime")->click();
        QVERIFY(button(dialog, "stopRuntime")->isVisible());
        auto* banner = dialog.findChild<MessageBanner*>();
        QTRY_VERIFY(banner->message().contains(QStringLiteral("is not in the folder")));
        QVERIFY(button(dialog, "fetchRuntime")->isVisible());
        nothingIsCut(dialog);
    }

    void noSentenceIsCutHoweverSmallItIsMade()
    {
        StartDialog dialog([] { return test::machineWithCard("550.54.14"); });
        dialog.show();
        for (const int width : {1, 900}) {
            dialog.resize(width, 1);
            nothingIsCut(dialog);
        }
    }

    void everythingHasANameForScreenReaders()
    {
        StartDialog dialog([] { return test::machineWithCard("580.95.05"); });
        for (const QWidget* widget : dialog.findChildren<QPushButton*>()) QVERIFY(!widget->accessibleName().isEmpty());
        QVERIFY(!dialog.findChild<QProgressBar*>()->accessibleName().isEmpty());
    }
};

QTEST_MAIN(TestStartDialog)
#include "test_start_dialog.moc"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "ui/file_actions.h"
#include "ui/settings/output_location.h"
#include "ui/settings/remembered_request.h"
#include "ui/settings/settings_keys.h"

using namespace headroom::ui;

class TestOutputLocation : public QObject {
    Q_OBJECT

    const QDateTime m_time{QDate(2026, 5, 1), QTime(14, 3, 59)};

private Q_SLOTS:
    void namesClipsByTimePromptAndSeed_data()
    {
        QTest::addColumn<QString>("prompt");
        QTest::addColumn<QString>("name");
        QTest::newRow("words") << "A red circle, moving right!"
                               << "2026-05-01_14-03-59_a-red-circle-moving-right_42";
        QTest::newRow("nothing usable") << " ../ "
                                        << "2026-05-01_14-03-59_clip_42";
        QTest::newRow("other letters") << "Ein Käfer läuft"
                                       << "2026-05-01_14-03-59_ein-käfer-läuft_42";
        QTest::newRow("long") << QString(300, u'x') << "2026-05-01_14-03-59_" + QString(48, u'x') + "_42";
    }

    void namesClipsByTimePromptAndSeed()
    {
        QFETCH(QString, prompt);
        QFETCH(QString, name);
        QCOMPARE(clipBaseName(m_time, prompt, 42), name);
    }

    void neverNamesAFileThatExists()
    {
        QTemporaryDir folder;
        SettingsStore settings(folder.filePath("settings.ini"));
        settings.set(keys::kOutputFolder, folder.path());
        const auto first = nextClipPath(settings, m_time, "cat", 1);
        QFile file(fromPath(first));
        QVERIFY(file.open(QIODevice::WriteOnly));
        const auto second = nextClipPath(settings, m_time, "cat", 1);
        QVERIFY(first != second);
        QCOMPARE(second.extension(), std::filesystem::path(".mp4"));
    }

    void sequencesGetAFolder()
    {
        QTemporaryDir folder;
        SettingsStore settings(folder.filePath("settings.ini"));
        settings.set(keys::kOutputFolder, folder.path());
        settings.set(keys::kOutputFormat, QStringLiteral("png"));
        const auto path = nextClipPath(settings, m_time, "cat", 1);
        QCOMPARE(path.filename(), std::filesystem::path("frame-%04d.png"));
        QVERIFY(isSequence(path));
        QCOMPARE(path.parent_path().parent_path(), toPath(folder.path()));
    }

    void copiesAClipWithItsSidecar()
    {
        QTemporaryDir folder;
        for (const char* name : {"a.gif", "a.gif.json"}) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(name);
        }
        QVERIFY(!copyClip(toPath(folder.filePath("a.gif")), toPath(folder.filePath("b.gif"))));
        QVERIFY(QFile::exists(folder.filePath("b.gif.json")));
    }

    void aCopyThatFailsIsASentence()
    {
        const auto problem = copyClip("/nowhere/a.mp4", "/nowhere/b.mp4");
        QVERIFY(problem);
        QCOMPARE(problem->code, headroom::ErrorCode::BadOutput);
        QVERIFY(problem->message.find("a.mp4") != std::string::npos);
    }

    void remembersARequest()
    {
        QTemporaryDir folder;
        headroom::GenerateRequest request;
        request.width = 128;
        request.steps = 20;
        request.guidance = 4.5;
        {
            SettingsStore settings(folder.filePath("settings.ini"));
            rememberRequest(settings, request);
        }
        const SettingsStore settings(folder.filePath("settings.ini"));
        const auto kept = rememberedNumbers(settings);
        QCOMPARE(kept.width, std::optional(128));
        QCOMPARE(kept.steps, std::optional(20));
        QCOMPARE(kept.guidance, std::optional(4.5));
        QVERIFY(!kept.height);
    }

    void namesWhatIsDifferent()
    {
        headroom::GenerateRequest wanted;
        wanted.width = 500;
        wanted.frames = 33;
        headroom::GenerateRequest got = wanted;
        got.width = 496;
        QCOMPARE(differences(wanted, got), QStringList{"width 500 (now 496)"});
    }
};

QTEST_MAIN(TestOutputLocation)
#include "test_output_location.moc"

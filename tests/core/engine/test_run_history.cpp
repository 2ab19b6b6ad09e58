#include <fstream>

#include <QtTest>

#include "core/engine/run_history.h"

using namespace headroom;

namespace {

const RunKind kKind{.model = "Demo model", .device = "cpu CPU", .dtype = "fp32"};

std::filesystem::path path_of(const QTemporaryDir& folder)
{
    return folder.path().toStdString();
}

}  // namespace

class TestRunHistory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void knowsNothingAtFirst()
    {
        const QTemporaryDir folder;
        const RunHistory history(path_of(folder));
        QCOMPARE(history.correction(kKind, Stage::Denoise, "transformer").factor, 1.0);
        QCOMPARE(history.correction(kKind, Stage::Denoise, "transformer").runs, 0);
    }

    void takesTheMedianOfTheLastRuns()
    {
        const QTemporaryDir folder;
        RunHistory history(path_of(folder));
        for (const double seconds : {900.0, 900.0, 12.0, 14.0, 16.0, 13.0, 15.0, 11.0, 17.0})
            history.note(kKind, Stage::Denoise, "transformer", 1, 10, seconds);
        const Correction known = history.correction(kKind, Stage::Denoise, "transformer");
        QCOMPARE(known.runs, 7);  // the two slow ones are forgotten
        QCOMPARE(known.factor, 1.4);
        QVERIFY(std::abs(known.spread - 0.15 / 1.4) < 1e-9);
    }

    void factorsDontPileUp()
    {
        const QTemporaryDir folder;
        RunHistory history(path_of(folder));
        history.note(kKind, Stage::Decode, "vae", 1, 10, 20);
        // The next prediction is already twice as long, and right.
        history.note(kKind, Stage::Decode, "vae", history.correction(kKind, Stage::Decode, "vae").factor, 20, 20);
        QCOMPARE(history.correction(kKind, Stage::Decode, "vae").factor, 2.0);
    }

    void staysWithinSense()
    {
        const QTemporaryDir folder;
        RunHistory history(path_of(folder));
        history.note(kKind, Stage::Decode, "vae", 1, 1, 1e6);
        history.note(kKind, Stage::EncodeText, "text_encoder", 1, 1e6, 1);
        QCOMPARE(history.correction(kKind, Stage::Decode, "vae").factor, 10.0);
        QCOMPARE(history.correction(kKind, Stage::EncodeText, "text_encoder").factor, 0.1);
        history.note(kKind, Stage::Denoise, "transformer", 1, 0, 5);
        history.note(kKind, Stage::Denoise, "transformer", 1, 5, 0);
        history.note(kKind, Stage::Denoise, "transformer", 1, 5, std::nan(""));
        QCOMPARE(history.correction(kKind, Stage::Denoise, "transformer").runs, 0);
    }

    void keepsKindsApart()
    {
        const QTemporaryDir folder;
        RunHistory history(path_of(folder));
        history.note(kKind, Stage::Denoise, "transformer", 1, 10, 30);
        RunKind other = kKind;
        other.dtype = "bf16";
        QCOMPARE(history.correction(other, Stage::Denoise, "transformer").runs, 0);
        QCOMPARE(history.correction(kKind, Stage::Decode, "vae").runs, 0);
    }

    void comesBackFromItsFile()
    {
        const QTemporaryDir folder;
        const auto state_dir = path_of(folder) / "not there yet";
        RunHistory history(state_dir);
        history.note(kKind, Stage::Denoise, "transformer", 1, 10, 30);
        history.save();
        QCOMPARE(RunHistory(state_dir).correction(kKind, Stage::Denoise, "transformer").factor, 3.0);
        for (const auto& entry : std::filesystem::directory_iterator(state_dir))
            QCOMPARE(entry.path().filename(), std::filesystem::path("run_history.json"));
    }

    void passesOverDamage_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("cut off") << QByteArray("{\"a\": [1, 2");
        QTest::newRow("a list") << QByteArray("[1, 2]");
        QTest::newRow("other kinds") << QByteArray(
            "{\"a\": 3, \"b\": [\"x\", null, -1, 0, {}], \"Demo model | cpu CPU | fp32 | denoise | transformer\": [\"x\", -2, "
            "4]}");
        QTest::newRow("binary") << QByteArray("\xff\x00\xfe", 3);
    }
    void passesOverDamage()
    {
        QFETCH(QByteArray, content);
        const QTemporaryDir folder;
        QFile file(folder.filePath("run_history.json"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
        file.close();
        RunHistory history(path_of(folder));
        const bool part_is_good = content.contains("-2, 4");
        QCOMPARE(history.correction(kKind, Stage::Denoise, "transformer").factor, part_is_good ? 4.0 : 1.0);
        history.note(kKind, Stage::Decode, "vae", 1, 1, 2);
        history.save();
        QCOMPARE(RunHistory(path_of(folder)).correction(kKind, Stage::Decode, "vae").factor, 2.0);
    }

    void aFolderThatCantBeWrittenIsNoFailure()
    {
        RunHistory history("/proc/no such folder");
        history.note(kKind, Stage::Decode, "vae", 1, 1, 2);
        history.save();
        QCOMPARE(history.correction(kKind, Stage::Decode, "vae").factor, 2.0);
    }
};

QTEST_APPLESS_MAIN(TestRunHistory)
#include "test_run_history.moc"

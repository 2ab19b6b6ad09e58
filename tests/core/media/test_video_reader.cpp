#include <QtTest>

#include "tests/core/media/clip_support.h"

using namespace headroom;
using namespace headroom::media;
using namespace headroom::media::test;

namespace {

void write_bytes(const std::filesystem::path& path, const QByteArray& bytes)
{
    QFile file(QString::fromStdString(path.string()));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
}

QByteArray read_bytes(const std::filesystem::path& path)
{
    QFile file(QString::fromStdString(path.string()));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestVideoReader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsNoVideoIsOneSentence_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        QTest::newRow("missing") << "missing.mp4" << QByteArray() << "is missing or not a file";
        QTest::newRow("empty mp4") << "a.mp4" << QByteArray("") << "not a video";
        QTest::newRow("text") << "a.mkv" << QByteArray("hello hello hello hello") << "not a video";
        QTest::newRow("zeros") << "a.mp4" << QByteArray(5000, '\0') << "not a video";
        QTest::newRow("playlist to elsewhere")
            << "a.mp4" << QByteArray("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n") << "not a video";
        QTest::newRow("concat script") << "a.mkv" << QByteArray("ffconcat version 1.0\nfile /etc/passwd\n") << "not a video";
        QTest::newRow("text as gif") << "a.gif" << QByteArray("GIF89a") << "a.gif";
        QTest::newRow("text as png") << "a.png" << QByteArray("hello") << "not a PNG";
        QTest::newRow("empty png") << "a.png" << QByteArray("") << "a.png";
        QTest::newRow("settings") << "a.gif.json" << QByteArray("{}") << "not a video";
    }
    void whatIsNoVideoIsOneSentence()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        const QTemporaryDir folder;
        const auto path = in_folder(folder, qPrintable(name));
        if (!name.startsWith("missing")) write_bytes(path, bytes);
        const auto opened = VideoReader::open(path);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::BadInput);
        QVERIFY2(QString::fromStdString(opened.error().message).contains(says), opened.error().message.c_str());
        QVERIFY(!opened.error().message.ends_with("\n"));
    }

    void damagedFilesNeverCrash_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("file");
        QTest::newRow("mp4") << "clip.mp4"
                             << "clip.mp4";
        QTest::newRow("mkv") << "clip.mkv"
                             << "clip.mkv";
        QTest::newRow("gif") << "clip.gif"
                             << "clip.gif";
        QTest::newRow("png") << "f-%02d.png"
                             << "f-02.png";
    }
    void damagedFilesNeverCrash()
    {
        QFETCH(QString, name);
        QFETCH(QString, file);
        const QTemporaryDir folder;
        const auto path = in_folder(folder, qPrintable(name));
        QCOMPARE(write_clip(path, busy_clip(64, 48, 8), 16, {"t", "{}"}), std::string());
        const auto victim = in_folder(folder, qPrintable(file));
        const QByteArray whole = read_bytes(victim);
        unsigned state = 1;
        for (int round = 0; round < 20; ++round) {
            QByteArray damaged = whole;
            for (int i = 0; i < 12; ++i) {
                state = state * 1664525u + 1013904223u;
                damaged[qsizetype(state >> 8) % damaged.size()] = char(state >> 20);
            }
            write_bytes(victim, damaged);
            const ReadClip read = read_clip(path);
            QVERIFY(read.frames.size() <= 9);
            for (const RgbFrame& frame : read.frames) QCOMPARE(frame.pixels.size(), std::size_t(frame.width) * frame.height * 3);
        }
    }

    void aCutFileGivesItsFramesAndThenASentence_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("mp4") << "clip.mp4";
        QTest::newRow("mkv") << "clip.mkv";
    }
    void aCutFileGivesItsFramesAndThenASentence()
    {
        QFETCH(QString, name);
        const QTemporaryDir folder;
        const auto path = in_folder(folder, qPrintable(name));
        QCOMPARE(write_clip(path, busy_clip(64, 48, 30), 16), std::string());
        const QByteArray whole = read_bytes(path);
        write_bytes(path, whole.left(whole.size() * 2 / 3));
        const ReadClip read = read_clip(path);
        QVERIFY2(read.frames.size() > 5 && read.frames.size() < 29, qPrintable(QString::number(read.frames.size())));
        QVERIFY(!read.error.empty());
        QVERIFY2(QString::fromStdString(read.error).contains(name), read.error.c_str());
    }

    void aFolderWithOneSequenceIsAClip()
    {
        const QTemporaryDir folder;
        QCOMPARE(write_clip(in_folder(folder, "f-%04d.png"), busy_clip(16, 16, 12), 24, {"title", "{}"}), std::string());
        const ReadClip read = read_clip(folder.path().toStdString());
        QCOMPARE(read.error, std::string());
        QCOMPARE(read.frames.size(), std::size_t(12));
        QCOMPARE(read.info.fps, 24.0);
        QCOMPARE(read_clip_metadata(folder.path().toStdString())->title, std::string("title"));
        QCOMPARE(read_clip_metadata(in_folder(folder, "f-0003.png"))->title, std::string("title"));
    }

    void unpaddedNumbersAreReadInOrder()
    {
        const QTemporaryDir folder;
        const auto clip = busy_clip(16, 16, 12);
        QCOMPARE(write_clip(in_folder(folder, "%d.png"), clip, 24), std::string());
        const ReadClip read = read_clip(folder.path().toStdString());
        QCOMPARE(read.error, std::string());
        QCOMPARE(read.frames.size(), clip.size());
        for (std::size_t i = 0; i < clip.size(); ++i) QCOMPARE(largest_difference(read.frames[i], clip[i]), 0);
    }

    void aFolderWithSeveralSequencesNamesThem()
    {
        const QTemporaryDir folder;
        QCOMPARE(write_clip(in_folder(folder, "a-%04d.png"), busy_clip(16, 16, 2), 24), std::string());
        QCOMPARE(write_clip(in_folder(folder, "b-%04d.png"), busy_clip(16, 16, 2), 24), std::string());
        const auto opened = VideoReader::open(folder.path().toStdString());
        QVERIFY(!opened);
        QVERIFY2(QString::fromStdString(opened.error().message).contains("a-%04d.png or b-%04d.png"),
                 opened.error().message.c_str());
    }

    void anEmptyFolderAndAGapAreSentences()
    {
        const QTemporaryDir folder;
        QVERIFY(QString::fromStdString(read_clip(folder.path().toStdString()).error).contains("holds no PNG sequence"));
        QVERIFY(QString::fromStdString(read_clip(in_folder(folder, "f-%04d.png")).error).contains("f-0001.png is missing"));
        QCOMPARE(write_clip(in_folder(folder, "f-%04d.png"), busy_clip(16, 16, 5), 24), std::string());
        QVERIFY(std::filesystem::remove(in_folder(folder, "f-0003.png")));
        const std::string error = read_clip(in_folder(folder, "f-%04d.png")).error;
        QVERIFY2(QString::fromStdString(error).contains("f-0003.png is missing"), error.c_str());
    }

    void aFrameOfAnotherSizeIsASentence()
    {
        const QTemporaryDir folder;
        QCOMPARE(write_clip(in_folder(folder, "f-%d.png"), busy_clip(16, 16, 3), 24), std::string());
        QCOMPARE(write_clip(in_folder(folder, "g-%d.png"), busy_clip(18, 16, 1), 24), std::string());
        std::filesystem::rename(in_folder(folder, "g-1.png"), in_folder(folder, "f-4.png"));
        const ReadClip read = read_clip(in_folder(folder, "f-%d.png"));
        QCOMPARE(read.frames.size(), std::size_t(3));
        QVERIFY2(QString::fromStdString(read.error).contains("f-4.png is 18x16"), read.error.c_str());
    }

    void aDamagedSidecarDoesNotHideTheFrames()
    {
        const QTemporaryDir folder;
        const auto path = in_folder(folder, "clip.gif");
        QCOMPARE(write_clip(path, busy_clip(16, 16, 3), 10, {"t", "{}"}), std::string());
        write_bytes(in_folder(folder, "clip.gif.json"), "{\"title\": 3, \"comment\"");
        QCOMPARE(read_clip(path).frames.size(), std::size_t(3));
        const auto metadata = read_clip_metadata(path);
        QVERIFY(!metadata);
        QCOMPARE(metadata.error().code, ErrorCode::BadInput);
        write_bytes(in_folder(folder, "clip.gif.json"), "{\"title\": 3, \"comment\": null, \"fps\": -1}");
        QVERIFY(read_clip_metadata(path)->empty());
    }

    void theFileBesideAClipTellsItsSettings_data()
    {
        QTest::addColumn<QString>("output");
        QTest::addColumn<QString>("settings");
        QTest::addColumn<QString>("clip");
        QTest::newRow("gif") << "clip.gif"
                             << "clip.gif.json"
                             << "clip.gif";
        QTest::newRow("frames") << "f-%04d.png"
                                << "f-info.json"
                                << "f-0001.png";
    }
    void theFileBesideAClipTellsItsSettings()
    {
        QFETCH(QString, output);
        QFETCH(QString, settings);
        QFETCH(QString, clip);
        const QTemporaryDir folder;
        QCOMPARE(write_clip(in_folder(folder, "other-%d.png"), busy_clip(16, 16, 2), 10), std::string());
        QCOMPARE(write_clip(in_folder(folder, qPrintable(output)), busy_clip(16, 16, 3), 10, {"t", "{}"}), std::string());
        const auto path = in_folder(folder, qPrintable(settings));
        QVERIFY(is_settings_file(path));
        QCOMPARE(read_clip_metadata(path)->title, std::string("t"));
        QCOMPARE(clip_of_settings_file(path), std::optional(in_folder(folder, qPrintable(clip))));
        QVERIFY(!clip_of_settings_file(in_folder(folder, "gone.gif.json")));
        QVERIFY(!clip_of_settings_file(in_folder(folder, "gone-info.json")));
    }

    void untaggedAndOtherFilesAreRead_data()
    {
        QTest::addColumn<QStringList>("encode");
        QTest::newRow("untagged bt601") << QStringList{"-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "5"};
        QTest::newRow("full range") << QStringList{"-c:v", "libx264", "-pix_fmt", "yuvj420p", "-color_range", "pc", "-crf", "5"};
        QTest::newRow("4:4:4 ten bits") << QStringList{"-c:v", "libx264", "-pix_fmt", "yuv444p10le", "-crf", "5"};
    }
    void untaggedAndOtherFilesAreRead()
    {
        QFETCH(QStringList, encode);
        const QTemporaryDir folder;
        const QString path = folder.filePath("other.mp4");
        QStringList arguments{"-v", "error", "-f", "lavfi", "-i", "color=c=0x20C040:s=64x48:r=30000/1001:d=0.5"};
        QProcess process;
        process.start("ffmpeg", arguments + encode + QStringList{path});
        QVERIFY(process.waitForFinished(20'000) && process.exitCode() == 0);
        const ReadClip read = read_clip(path.toStdString());
        QCOMPARE(read.error, std::string());
        QCOMPARE(read.frames.size(), std::size_t(15));
        QVERIFY(qAbs(read.info.fps - 30000.0 / 1001) < 0.01);
        const std::uint8_t* pixel = &read.frames[3].pixels[(24 * 64 + 32) * 3];
        const int distance = std::max({std::abs(pixel[0] - 0x20), std::abs(pixel[1] - 0xC0), std::abs(pixel[2] - 0x40)});
        QVERIFY2(distance <= 3, qPrintable(QString("%1 %2 %3").arg(pixel[0]).arg(pixel[1]).arg(pixel[2])));
    }
};

QTEST_APPLESS_MAIN(TestVideoReader)
#include "test_video_reader.moc"

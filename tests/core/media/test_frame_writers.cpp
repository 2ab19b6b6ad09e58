#include <QtTest>

#include "core/media/output_path.h"
#include "tests/core/media/clip_support.h"

using namespace headroom;
using namespace headroom::media;
using namespace headroom::media::test;

namespace {

const ClipMetadata kMetadata{"A \"quoted\" prompt; k=v #\\ line\nbreak \xF0\x9F\x8E\xAC \xE4\xB8\xAD",
                             "{\"headroom\":1,\"prompt\":\"say \\\"hi\\\"\\nto them = ; # \\\\ 'x'\",\"seed\":7}"};

}  // namespace

class TestFrameWriters : public QObject {
    Q_OBJECT

private:
    void addFormats()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("file");
        QTest::newRow("mp4") << "clip.mp4"
                             << "clip.mp4";
        QTest::newRow("mkv") << "clip.mkv"
                             << "clip.mkv";
        QTest::newRow("gif") << "clip.gif"
                             << "clip.gif";
        QTest::newRow("png") << "frame-%04d.png"
                             << "frame-0001.png";
        QTest::newRow("unicode and spaces") << QString::fromUtf8("ein Würfel – 立方体 🎬:1.mp4")
                                            << QString::fromUtf8("ein Würfel – 立方体 🎬:1.mp4");
        QTest::newRow("unicode png") << QString::fromUtf8("Bild 立 %03d.png") << QString::fromUtf8("Bild 立 001.png");
    }

private Q_SLOTS:
    void losslessFormatsKeepEveryBit_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QSize>("size");
        for (const QSize size : {QSize(64, 48), QSize(33, 17), QSize(2, 2)}) {
            const QString label = QString("%1x%2").arg(size.width()).arg(size.height());
            QTest::newRow(qPrintable("mkv " + label)) << "clip.mkv" << size;
            QTest::newRow(qPrintable("png " + label)) << "frame-%04d.png" << size;
        }
    }
    void losslessFormatsKeepEveryBit()
    {
        QFETCH(QString, name);
        QFETCH(QSize, size);
        const QTemporaryDir folder;
        const auto path = in_folder(folder, qPrintable(name));
        const auto clip = busy_clip(size.width(), size.height(), 11);
        QCOMPARE(write_clip(path, clip, 24), std::string());
        const ReadClip read = read_clip(path);
        QCOMPARE(read.error, std::string());
        QCOMPARE(read.frames.size(), clip.size());
        for (std::size_t i = 0; i < clip.size(); ++i) QCOMPARE(largest_difference(read.frames[i], clip[i]), 0);
        QByteArray all;
        for (const RgbFrame& frame : clip)
            all.append(reinterpret_cast<const char*>(frame.pixels.data()), qsizetype(frame.pixels.size()));
        QCOMPARE(decode_with_ffmpeg(path), all);
    }

    void everyFormatKeepsSizeRateAndSettings_data() { addFormats(); }
    void everyFormatKeepsSizeRateAndSettings()
    {
        QFETCH(QString, name);
        QFETCH(QString, file);
        const QTemporaryDir folder;
        const auto path = std::filesystem::path(folder.path().toStdString()) / name.toStdString();
        QCOMPARE(write_clip(path, busy_clip(64, 48, 9), 25, kMetadata), std::string());
        QVERIFY(files_in(folder).contains(file));
        QVERIFY2(files_in(folder).filter(".part").isEmpty(), qPrintable(files_in(folder).join(' ')));
        const ReadClip read = read_clip(path);
        QCOMPARE(read.error, std::string());
        QCOMPARE(read.frames.size(), std::size_t(9));
        QCOMPARE(read.info.width, 64);
        QCOMPARE(read.info.height, 48);
        QCOMPARE(read.info.fps, 25.0);
        QCOMPARE(read.info.frame_count.value_or(-1), 9);
        QCOMPARE(read.info.metadata.title, kMetadata.title);
        QCOMPARE(read.info.metadata.comment, kMetadata.comment);
        const auto metadata = read_clip_metadata(path);
        QVERIFY(metadata);
        QVERIFY(*metadata == kMetadata);
    }

    void oneFrameIsAClip_data() { addFormats(); }
    void oneFrameIsAClip()
    {
        QFETCH(QString, name);
        const QTemporaryDir folder;
        const auto path = std::filesystem::path(folder.path().toStdString()) / name.toStdString();
        QCOMPARE(write_clip(path, busy_clip(32, 32, 1), 16), std::string());
        const ReadClip read = read_clip(path);
        QCOMPARE(read.error, std::string());
        QCOMPARE(read.frames.size(), std::size_t(1));
    }

    void destroyingUnfinishedLeavesNothing_data() { addFormats(); }
    void destroyingUnfinishedLeavesNothing()
    {
        QFETCH(QString, name);
        const QTemporaryDir folder;
        const auto path = std::filesystem::path(folder.path().toStdString()) / name.toStdString();
        {
            auto writer = open_frame_writer(path, {64, 48, 16}, kMetadata, Overwrite::No);
            QVERIFY(writer);
            for (int i = 0; i < 20; ++i) QVERIFY((*writer)->write(busy_frame(64, 48, i)));
            QVERIFY(!files_in(folder).filter(".part").isEmpty());
        }
        QCOMPARE(files_in(folder), QStringList());
    }

    void existingFileIsKeptUnlessOverwritingIsAsked_data() { addFormats(); }
    void existingFileIsKeptUnlessOverwritingIsAsked()
    {
        QFETCH(QString, name);
        QFETCH(QString, file);
        const QTemporaryDir folder;
        const auto path = std::filesystem::path(folder.path().toStdString()) / name.toStdString();
        QFile existing(folder.filePath(file));
        QVERIFY(existing.open(QIODevice::WriteOnly));
        existing.write("mine");
        existing.close();
        const auto refused = open_frame_writer(path, {64, 48, 16}, {}, Overwrite::No);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::BadOutput);
        QVERIFY2(QString::fromStdString(refused.error().message).contains("exists already"), refused.error().message.c_str());
        QVERIFY(existing.open(QIODevice::ReadOnly));
        QCOMPARE(existing.readAll(), QByteArray("mine"));
        QCOMPARE(write_clip(path, busy_clip(64, 48, 3), 16, {}, Overwrite::Yes), std::string());
        QCOMPARE(read_clip(path).frames.size(), std::size_t(3));
    }

    void overwritingAnUnfinishedClipKeepsTheOldOne()
    {
        const QTemporaryDir folder;
        const auto path = in_folder(folder, "clip.mp4");
        QCOMPARE(write_clip(path, busy_clip(64, 48, 3), 16), std::string());
        {
            auto writer = open_frame_writer(path, {64, 48, 16}, {}, Overwrite::Yes);
            QVERIFY(writer);
            QVERIFY((*writer)->write(busy_frame(64, 48, 0)));
        }
        QCOMPARE(read_clip(path).frames.size(), std::size_t(3));
        QCOMPARE(files_in(folder), QStringList{"clip.mp4"});
    }

    void overwritingASequenceRemovesItsLaterFrames()
    {
        const QTemporaryDir folder;
        const auto path = in_folder(folder, "frame-%04d.png");
        QCOMPARE(write_clip(path, busy_clip(16, 16, 6), 16), std::string());
        QCOMPARE(write_clip(in_folder(folder, "frame-%04d-2.png"), busy_clip(16, 16, 5), 16), std::string());
        QCOMPARE(write_clip(path, busy_clip(16, 16, 2), 16, {}, Overwrite::Yes), std::string());
        QCOMPARE(read_clip(path).frames.size(), std::size_t(2));
        QCOMPARE(read_clip(in_folder(folder, "frame-%04d-2.png")).frames.size(), std::size_t(5));
    }

    void aFileThatAppearsMeanwhileIsLeftAlone_data() { addFormats(); }
    void aFileThatAppearsMeanwhileIsLeftAlone()
    {
        QFETCH(QString, name);
        QFETCH(QString, file);
        const QTemporaryDir folder;
        const auto path = std::filesystem::path(folder.path().toStdString()) / name.toStdString();
        {
            auto writer = open_frame_writer(path, {64, 48, 16}, {}, Overwrite::No);
            QVERIFY(writer);
            QVERIFY((*writer)->write(busy_frame(64, 48, 0)));
            QFile intruder(folder.filePath(file));
            QVERIFY(intruder.open(QIODevice::WriteOnly));
            intruder.write("mine");
            intruder.close();
            const auto finished = (*writer)->finish();
            QVERIFY(!finished);
            QVERIFY2(QString::fromStdString(finished.error().message).contains("The whole clip was kept as"),
                     finished.error().message.c_str());
        }
        QFile intruder(folder.filePath(file));
        QVERIFY(intruder.open(QIODevice::ReadOnly));
        QCOMPARE(intruder.readAll(), QByteArray("mine"));
        QCOMPARE(files_in(folder).filter(".part").size(), 1);
    }

    void refusesBeforeWritingWhatCantWork_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<int>("fps");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("says");
        const int usage = int(ErrorCode::Usage);
        const int bad_output = int(ErrorCode::BadOutput);
        QTest::newRow("odd width") << "clip.mp4" << QSize(63, 48) << 16 << usage << "even width and height, not 63x48";
        QTest::newRow("odd height") << "clip.mp4" << QSize(64, 47) << 16 << usage << "even width and height";
        QTest::newRow("no size") << "clip.mkv" << QSize(0, 48) << 16 << usage << "not a picture size";
        QTest::newRow("huge") << "clip.mkv" << QSize(100000, 100000) << 16 << usage << "not a picture size";
        QTest::newRow("no rate") << "clip.mp4" << QSize(64, 48) << 0 << usage << "frames a second";
        QTest::newRow("wild rate") << "clip.mp4" << QSize(64, 48) << 100000 << usage << "frames a second";
        QTest::newRow("fast gif") << "clip.gif" << QSize(64, 48) << 60 << usage << "at most 50";
        QTest::newRow("unknown extension") << "clip.webm" << QSize(64, 48) << 16 << usage << "use .mp4";
        QTest::newRow("no folder") << "nowhere/clip.mp4" << QSize(64, 48) << 16 << bad_output << "does not exist";
        QTest::newRow("folder in its place") << "folder.mp4" << QSize(64, 48) << 16 << bad_output << "is a folder";
        for (const char* extension : {".mp4", ".mkv", ".gif", "-%04d.png"}) {
            QTest::addRow("long name, %s", extension)
                << QString(251, 'x') + extension << QSize(64, 48) << 16 << bad_output << "name is too long";
        }
        QTest::newRow("frame is a folder") << "f-%d.png" << QSize(64, 48) << 16 << bad_output << "is a folder";
    }
    void refusesBeforeWritingWhatCantWork()
    {
        QFETCH(QString, name);
        QFETCH(QSize, size);
        QFETCH(int, fps);
        QFETCH(int, code);
        QFETCH(QString, says);
        const QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkdir("folder.mp4"));
        QVERIFY(QDir(folder.path()).mkdir("f-1.png"));
        const auto path = in_folder(folder, qPrintable(name));
        const VideoFormat format{size.width(), size.height(), fps};
        const auto opened = open_frame_writer(path, format, {}, Overwrite::Yes);
        QVERIFY(!opened);
        QCOMPARE(int(opened.error().code), code);
        QVERIFY2(QString::fromStdString(opened.error().message).contains(says), opened.error().message.c_str());
        const auto checked = check_output(path, format, 17, Overwrite::Yes);
        QVERIFY(!checked);
        QCOMPARE(checked.error().message, opened.error().message);
        QCOMPARE(files_in(folder), QStringList());
    }

    void checkRefusesAFolderThatTakesNoFiles()
    {
        const auto refused = check_output("/proc/clip.mkv", {64, 48, 16}, 17, Overwrite::No);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::BadOutput);
    }

    void checkRefusesAClipTheDiskHasNoRoomFor()
    {
        const QTemporaryDir folder;
        QVERIFY(check_output(in_folder(folder, "clip.mkv"), {64, 48, 16}, 33, Overwrite::No));
        const auto refused = check_output(in_folder(folder, "clip.mkv"), {8192, 8192, 16}, 100'000'000, Overwrite::No);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::BadOutput);
        QVERIFY2(QString::fromStdString(refused.error().message).contains("free in its folder"), refused.error().message.c_str());
        QCOMPARE(files_in(folder), QStringList());
    }

    void aFrameOfAnotherSizeIsRefused_data() { addFormats(); }
    void aFrameOfAnotherSizeIsRefused()
    {
        QFETCH(QString, name);
        const QTemporaryDir folder;
        auto writer = open_frame_writer(std::filesystem::path(folder.path().toStdString()) / name.toStdString(), {64, 48, 16}, {},
                                        Overwrite::No);
        QVERIFY(writer);
        QVERIFY(!(*writer)->write(busy_frame(48, 64, 0)));
        QVERIFY(!(*writer)->write(RgbFrame{64, 48, {1, 2, 3}}));
        QVERIFY(!(*writer)->finish());
    }

    void gifColoursStayNear()
    {
        const QTemporaryDir folder;
        const auto path = in_folder(folder, "clip.gif");
        std::vector<RgbFrame> clip;
        for (int i = 0; i < 5; ++i) {
            RgbFrame frame{40, 24, std::vector<std::uint8_t>(40 * 24 * 3)};
            for (int p = 0; p < 40 * 24; ++p) {
                const bool inside = p % 40 >= i * 5 && p % 40 < i * 5 + 10;
                frame.pixels[std::size_t(p) * 3] = inside ? 220 : 10;
                frame.pixels[std::size_t(p) * 3 + 1] = 30;
                frame.pixels[std::size_t(p) * 3 + 2] = inside ? 40 : 200;
            }
            clip.push_back(frame);
        }
        QCOMPARE(write_clip(path, clip, 16), std::string());
        const ReadClip read = read_clip(path);
        QCOMPARE(read.frames.size(), clip.size());
        for (std::size_t i = 0; i < clip.size(); ++i)
            QVERIFY2(largest_difference(read.frames[i], clip[i]) <= 2,
                     qPrintable(QString::number(largest_difference(read.frames[i], clip[i]))));
        const QJsonObject format = probe(path)["format"].toObject();
        QVERIFY2(qAbs(format["duration"].toString().toDouble() - 5 / 16.0) < 0.02, qPrintable(format["duration"].toString()));
    }
};

QTEST_APPLESS_MAIN(TestFrameWriters)
#include "test_frame_writers.moc"

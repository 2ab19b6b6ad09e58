#include <QtTest>

#include <fstream>

#include "core/media/clip_metadata.h"
#include "core/media/frame_pattern.h"
#include "core/media/output_path.h"

using namespace headroom;
using namespace headroom::media;

class TestOutputPath : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void extensionPicksTheFormat_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<int>("kind");
        QTest::newRow("mp4") << "a/clip.mp4" << int(OutputKind::Mp4);
        QTest::newRow("upper case") << "CLIP.MP4" << int(OutputKind::Mp4);
        QTest::newRow("mkv") << "clip.mkv" << int(OutputKind::Mkv);
        QTest::newRow("gif") << "a.b.gif" << int(OutputKind::Gif);
        QTest::newRow("png") << "frame-%04d.png" << int(OutputKind::PngSequence);
        QTest::newRow("png unpadded") << "%d.png" << int(OutputKind::PngSequence);
        QTest::newRow("percent in the folder") << "100%/%09d.png" << int(OutputKind::PngSequence);
    }
    void extensionPicksTheFormat()
    {
        QFETCH(QString, path);
        QFETCH(int, kind);
        const auto found = output_kind(path.toStdString());
        QVERIFY2(found, found ? "" : found.error().message.c_str());
        QCOMPARE(int(*found), kind);
    }

    void refusesWhatItCantWrite_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("says");
        for (const char* path : {"clip", "clip.avi", "clip.mp4.txt", "", ".mp4", "clip."})
            QTest::newRow(path) << path << ".mkv (lossless), .gif";
        for (const char* path : {"frame.png", "%s.png", "%04d-%d.png", "%%d.png", "%4d.png", "%010d.png", "%00d.png", "%0d.png",
                                 "%.png", "%-4d.png", "%ld.png", "%n%04d.png", "%04d%%.png"}) {
            QTest::newRow(path) << path << "exactly one %d or %0Nd";
        }
    }
    void refusesWhatItCantWrite()
    {
        QFETCH(QString, path);
        QFETCH(QString, says);
        const auto found = output_kind(path.toStdString());
        QVERIFY(!found);
        QCOMPARE(found.error().code, ErrorCode::Usage);
        QVERIFY2(QString::fromStdString(found.error().message).contains(says), found.error().message.c_str());
    }

    void numbersBatchItemsBeforeTheExtension_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<int>("item");
        QTest::addColumn<QString>("expected");
        QTest::newRow("first") << "a/clip.mp4" << 1 << "a/clip.mp4";
        QTest::newRow("second") << "a/clip.mp4" << 2 << "a/clip-2.mp4";
        QTest::newRow("dots") << "/x.y/a.b.mkv" << 13 << "/x.y/a.b-13.mkv";
        QTest::newRow("pattern") << "out/frame-%04d.png" << 2 << "out/frame-%04d-2.png";
    }
    void numbersBatchItemsBeforeTheExtension()
    {
        QFETCH(QString, path);
        QFETCH(int, item);
        QFETCH(QString, expected);
        const auto numbered = numbered_output_path(path.toStdString(), item);
        QCOMPARE(QString::fromStdString(numbered.string()), expected);
        QVERIFY(output_kind(numbered));
    }

    void patternsNameFramesAndFindTheirNumbers()
    {
        const auto pattern = FramePattern::parse("out/frame-%04d.png");
        QVERIFY(pattern);
        QCOMPARE(pattern->frame_path(7).string(), std::string("out/frame-0007.png"));
        QCOMPARE(pattern->frame_path(12345).string(), std::string("out/frame-12345.png"));
        QCOMPARE(pattern->sidecar_path().string(), std::string("out/frame-info.json"));
        QCOMPARE(pattern->number_of("frame-0007.png").value_or(-1), 7);
        QCOMPARE(pattern->number_of("frame-12345.png").value_or(-1), 12345);
        for (const char* other : {"frame-7.png", "frame-00007.png", "frame-.png", "frame-00a7.png", "frame-0007.png.part",
                                  "frame-0007-2.png", "frame-9999999999999.png"}) {
            QVERIFY2(!pattern->number_of(other), other);
        }
    }

    void knowsWhatBelongsToAClip()
    {
        const QTemporaryDir dir;
        const std::filesystem::path folder = dir.path().toStdString();
        const auto belongs = [&](const char* file, const char* clip) { return is_part_of_clip(folder / file, folder / clip); };
        QVERIFY(belongs("clip.mp4", "clip.mp4"));
        QVERIFY(belongs("x/../clip.mp4", "./clip.mp4"));
        QVERIFY(belongs("clip.gif.json", "clip.gif"));
        QVERIFY(belongs("frame-0007.png", "frame-%04d.png"));
        QVERIFY(belongs("frame-info.json", "frame-%04d.png"));
        QVERIFY(belongs("frame-0007.png", "."));
        QVERIFY(!belongs("clip-2.mp4", "clip.mp4"));
        QVERIFY(!belongs("report.json", "clip.gif"));
        QVERIFY(!belongs("frame-0007.png", "other-%04d.png"));
        QVERIFY(!belongs("x/frame-0007.png", "frame-%04d.png"));
        QVERIFY(!belongs("report.json", "."));
        std::ofstream(folder / "clip.mp4") << "a clip";
        std::filesystem::create_symlink("clip.mp4", folder / "link");
        QVERIFY(belongs("link", "clip.mp4"));
    }

    void pathsAreShownAsUtf8()
    {
        QCOMPARE(display_path("a\xC3\xA4\xFF"
                              "b\xE2\x82.mp4"),
                 std::string("a\xC3\xA4?b??.mp4"));
    }

    void titleIsThePromptsFirstCharacters()
    {
        const std::string emoji = "\xF0\x9F\x8E\xAC";
        std::string prompt;
        for (int i = 0; i < 100; ++i) prompt += emoji;
        const auto metadata = make_clip_metadata(prompt, "{}");
        QVERIFY(metadata);
        QCOMPARE(metadata->title.size(), std::size_t(80 * 4));
        QCOMPARE(make_clip_metadata("short", "{}")->title, std::string("short"));
        QCOMPARE(make_clip_metadata("", "")->empty(), true);
    }

    void settingsOverEightKibibytesAreRefused()
    {
        QVERIFY(make_clip_metadata("p", std::string(8192, 'x')));
        const auto refused = make_clip_metadata("p", std::string(8193, 'x'));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Usage);
    }
};

QTEST_APPLESS_MAIN(TestOutputPath)
#include "test_output_path.moc"

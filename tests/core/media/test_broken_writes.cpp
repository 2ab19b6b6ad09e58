#include <QtTest>

#include <csignal>

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "tests/core/media/child_process.h"
#include "tests/core/media/clip_support.h"

using namespace headroom;
using namespace headroom::media;
using namespace headroom::media::test;

namespace {

constexpr int kFrames = 40;
constexpr int kWidth = 128;
constexpr int kHeight = 96;

/// Writes until it fails, then says the message and what the folder holds once the writer is gone.
std::string write_until_it_fails(const std::filesystem::path& path)
{
    std::string answer = write_clip(path, busy_clip(kWidth, kHeight, kFrames), 16);
    if (answer.empty()) return "it went well";
    for (const auto& entry : std::filesystem::directory_iterator(path.parent_path()))
        answer += " [" + entry.path().filename().string() + "]";
    return answer;
}

}  // namespace

class TestBrokenWrites : public QObject {
    Q_OBJECT

private:
    void addFormats()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : {"clip.mp4", "clip.mkv", "clip.gif", "frame-%04d.png"}) QTest::newRow(name) << name;
    }

private Q_SLOTS:
    void fileThatMayNotGrowIsASentenceAndLeavesNothing_data() { addFormats(); }
    void fileThatMayNotGrowIsASentenceAndLeavesNothing()
    {
        QFETCH(QString, name);
        const QTemporaryDir folder;
        const auto path = in_folder(folder, qPrintable(name));
        const std::string answer = in_child([&] {
            std::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{20'000, 20'000};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            return write_until_it_fails(path);
        });
        QVERIFY2(QString::fromStdString(answer).contains("File too large"), answer.c_str());
        QVERIFY2(QString::fromStdString(answer).contains("choose another folder"), answer.c_str());
        QCOMPARE(files_in(folder), QStringList());
    }

    void fullDiskIsASentenceAndLeavesNothing_data() { addFormats(); }
    void fullDiskIsASentenceAndLeavesNothing()
    {
        QFETCH(QString, name);
        const QTemporaryDir folder;
        const auto path = in_folder(folder, qPrintable(name));
        const std::string answer = in_child([&]() -> std::string {
            if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
                ::mount("tmpfs", folder.path().toStdString().c_str(), "tmpfs", 0, "size=64k") != 0) {
                return "may not mount";
            }
            return write_until_it_fails(path);
        });
        if (answer == "may not mount") QSKIP("mounting a small tmpfs needs root");
        QVERIFY2(QString::fromStdString(answer).contains("No space left on device"), answer.c_str());
        QVERIFY2(QString::fromStdString(answer).contains("free some space"), answer.c_str());
        QVERIFY2(!QString::fromStdString(answer).contains('['), answer.c_str());
    }

    void diskThatFillsInTheLastStepKeepsThePart_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("mp4") << "clip.mp4";
        QTest::newRow("gif") << "clip.gif";
    }
    void diskThatFillsInTheLastStepKeepsThePart()
    {
        QFETCH(QString, name);
        const QTemporaryDir folder;
        const auto path = in_folder(folder, qPrintable(name));
        const std::string answer = in_child([&]() -> std::string {
            const auto clip = busy_clip(kWidth, kHeight, 6);
            const std::filesystem::path trial = in_folder(folder, "trial");
            std::filesystem::create_directory(trial);
            if (std::string message = write_clip(trial / path.filename(), clip, 16); !message.empty()) return message;
            if (std::string message = write_clip(trial / "spool.mkv", clip, 16); !message.empty()) return message;
            const auto whole_bytes = std::filesystem::file_size(trial / path.filename());
            // The spool of a GIF is lossless; an MP4's part is about as large as the MP4.
            const auto part_bytes =
                path.extension() == ".gif" ? std::filesystem::file_size(trial / "spool.mkv") + 8192 : whole_bytes + 4096;
            if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
                return "may not mount";
            const std::string size = fmt::format("size={}", part_bytes + whole_bytes / 2);
            if (::mount("tmpfs", folder.path().toStdString().c_str(), "tmpfs", 0, size.c_str()) != 0) return "may not mount";
            std::string message = write_clip(path, clip, 16);
            const auto kept = read_clip(path.string() + ".part");
            return fmt::format("{} [{} frames, {}]", message, kept.frames.size(),
                               std::filesystem::exists(path) ? "a final file" : "no final file");
        });
        if (answer == "may not mount") QSKIP("mounting a small tmpfs needs root");
        QVERIFY2(QString::fromStdString(answer).contains("No space left on device"), answer.c_str());
        QVERIFY2(QString::fromStdString(answer).contains("The whole clip was kept as"), answer.c_str());
        QVERIFY2(QString::fromStdString(answer).endsWith("[6 frames, no final file]"), answer.c_str());
    }

    void killedWriterLeavesAPlayablePart_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("at_least");
        QTest::newRow("mp4") << "clip.mp4" << 20;
        QTest::newRow("mkv") << "clip.mkv" << 38;
        QTest::newRow("gif") << "clip.gif" << 38;
    }
    void killedWriterLeavesAPlayablePart()
    {
        QFETCH(QString, name);
        QFETCH(int, at_least);
        const QTemporaryDir folder;
        const auto path = in_folder(folder, qPrintable(name));
        const std::string answer = in_child([&]() -> std::string {
            auto writer = open_frame_writer(path, {kWidth, kHeight, 16}, {"title", "{}"}, Overwrite::No);
            for (int i = 0; i < kFrames; ++i) {
                if (auto written = (*writer)->write(busy_frame(kWidth, kHeight, i)); !written) return written.error().message;
            }
            ::kill(::getpid(), SIGKILL);
            return "still alive";
        });
        QCOMPARE(answer, std::string("the child died"));
        QCOMPARE(files_in(folder), QStringList{name + ".part"});
        const auto part = std::filesystem::path(path.string() + ".part");
        const qsizetype judged = decode_with_ffmpeg(part).size() / (kWidth * kHeight * 3);
        QVERIFY2(judged >= at_least, qPrintable(QString("ffmpeg reads %1 frames").arg(judged)));
        const ReadClip read = read_clip(part);
        QVERIFY2(int(read.frames.size()) >= at_least, qPrintable(QString("%1 frames").arg(read.frames.size())));
        QCOMPARE(read.info.metadata.title, std::string("title"));
    }
};

QTEST_APPLESS_MAIN(TestBrokenWrites)
#include "test_broken_writes.moc"

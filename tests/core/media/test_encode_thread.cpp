#include <QtTest>

#include <atomic>
#include <chrono>
#include <semaphore>
#include <thread>

#include "core/media/encode_thread.h"
#include "tests/core/media/clip_support.h"

using namespace headroom;
using namespace headroom::media;
using namespace headroom::media::test;

namespace {

/// What a ScriptedWriter was told and how it shall behave; outlives the writer.
struct Script {
    std::counting_semaphore<1000> may_write{0};
    std::atomic<int> written = 0;
    std::atomic<bool> finished = false;
    std::atomic<bool> destroyed = false;
    int fails_at = -1;  ///< the frame, from 0, whose write fails
    bool finish_fails = false;
};

class ScriptedWriter : public FrameWriter {
public:
    explicit ScriptedWriter(Script& script) : m_script(script) {}
    ~ScriptedWriter() override { m_script.destroyed = true; }

    Result<void> write(const RgbFrame&) override
    {
        m_script.may_write.acquire();
        if (m_script.written == m_script.fails_at) return fail(ErrorCode::BadOutput, "the disk is full");
        ++m_script.written;
        return {};
    }
    Result<void> finish() override
    {
        if (m_script.finish_fails) return fail(ErrorCode::BadOutput, "no last step");
        m_script.finished = true;
        return {};
    }

private:
    Script& m_script;
};

RgbFrame tiny()
{
    return busy_frame(2, 2, 0);
}

}  // namespace

class TestEncodeThread : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aSlowWriterHoldsThePusherBack()
    {
        Script script;
        EncodeThread encoder(std::make_unique<ScriptedWriter>(script), 3);
        std::atomic<int> pushed = 0;
        std::jthread pusher([&] {
            for (int i = 0; i < 20; ++i) {
                if (encoder.push(tiny())) ++pushed;
            }
        });
        // One frame is in the writer's hands and three wait; the fifth push blocks.
        QTRY_COMPARE_WITH_TIMEOUT(pushed.load(), 4, 5000);
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        QCOMPARE(pushed.load(), 4);
        script.may_write.release();
        QTRY_COMPARE_WITH_TIMEOUT(pushed.load(), 5, 5000);
        script.may_write.release(100);
        pusher.join();
        QVERIFY(encoder.finish());
        QCOMPARE(script.written.load(), 20);
        QVERIFY(script.finished);
    }

    void aFailedWriteComesBackFromTheNextCalls()
    {
        Script script;
        script.fails_at = 2;
        script.may_write.release(1000);
        EncodeThread encoder(std::make_unique<ScriptedWriter>(script), 2);
        Result<void> outcome;
        for (int i = 0; i < 100 && outcome; ++i) outcome = encoder.push(tiny());
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::BadOutput);
        QCOMPARE(outcome.error().message, std::string("the disk is full"));
        QVERIFY(!encoder.push(tiny()));
        QVERIFY(!encoder.finish());
        QCOMPARE(encoder.finish().error().message, std::string("the disk is full"));
        QVERIFY(script.destroyed);
        QVERIFY(!script.finished);
    }

    void aFailureWakesABlockedPusher()
    {
        Script script;
        script.fails_at = 0;
        EncodeThread encoder(std::make_unique<ScriptedWriter>(script), 1);
        Result<void> outcome;
        std::jthread pusher([&] {
            while (outcome) outcome = encoder.push(tiny());
        });
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        script.may_write.release();
        pusher.join();
        QVERIFY(!outcome);
    }

    void aFailedLastStepComesBackFromFinish()
    {
        Script script;
        script.finish_fails = true;
        script.may_write.release(1000);
        EncodeThread encoder(std::make_unique<ScriptedWriter>(script));
        QVERIFY(encoder.push(tiny()));
        const auto finished = encoder.finish();
        QVERIFY(!finished);
        QCOMPARE(finished.error().message, std::string("no last step"));
    }

    void aFrameAfterTheEndIsRefused()
    {
        Script script;
        script.may_write.release(1000);
        EncodeThread encoder(std::make_unique<ScriptedWriter>(script));
        QVERIFY(encoder.push(tiny()));
        QVERIFY(encoder.finish());
        const auto pushed = encoder.push(tiny());
        QVERIFY(!pushed);
        QCOMPARE(pushed.error().code, ErrorCode::Internal);
    }

    void destroyingWithoutFinishDropsWhatWaits()
    {
        Script script;
        {
            EncodeThread encoder(std::make_unique<ScriptedWriter>(script), 8);
            for (int i = 0; i < 6; ++i) QVERIFY(encoder.push(tiny()));
            script.may_write.release();
            QTRY_COMPARE_WITH_TIMEOUT(script.written.load(), 1, 5000);
            std::jthread releaser([&] {
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
                script.may_write.release(1000);
            });
            releaser.detach();
        }
        QVERIFY(script.destroyed);
        QVERIFY(!script.finished);
        QVERIFY2(script.written <= 3, qPrintable(QString::number(script.written)));
    }

    void aRealClipIsTheSameAsWithoutTheThread()
    {
        const QTemporaryDir folder;
        const auto clip = busy_clip(64, 48, 30);
        QCOMPARE(write_clip(in_folder(folder, "plain.mkv"), clip, 16), std::string());
        auto writer = open_frame_writer(in_folder(folder, "threaded.mkv"), {64, 48, 16}, {}, Overwrite::No);
        QVERIFY(writer);
        EncodeThread encoder(std::move(*writer));
        for (const RgbFrame& frame : clip) QVERIFY(encoder.push(frame));
        QVERIFY(encoder.finish());
        const ReadClip plain = read_clip(in_folder(folder, "plain.mkv"));
        const ReadClip threaded = read_clip(in_folder(folder, "threaded.mkv"));
        QCOMPARE(threaded.frames.size(), plain.frames.size());
        for (std::size_t i = 0; i < plain.frames.size(); ++i)
            QCOMPARE(largest_difference(plain.frames[i], threaded.frames[i]), 0);
    }

    void abortingARealClipLeavesNothing()
    {
        const QTemporaryDir folder;
        {
            auto writer = open_frame_writer(in_folder(folder, "clip.mp4"), {64, 48, 16}, {}, Overwrite::No);
            QVERIFY(writer);
            EncodeThread encoder(std::move(*writer));
            for (int i = 0; i < 30; ++i) QVERIFY(encoder.push(busy_frame(64, 48, i)));
        }
        QCOMPARE(files_in(folder), QStringList());
    }
};

QTEST_APPLESS_MAIN(TestEncodeThread)
#include "test_encode_thread.moc"

#include <QTemporaryDir>
#include <QtTest>

#include "core/engine/engine.h"
#include "core/tensor/host_memory.h"
#include "tests/support/recording_listener.h"

using namespace headroom;
namespace fs = std::filesystem;

/// The allocator refuses once, at any point of a run: the clip is the same or the error is clear, and nothing stays behind.
class TestMemoryRunsOut : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    std::unique_ptr<Engine> m_engine;

    fs::path path(const char* name) const { return fs::path(m_dir.path().toStdString()) / name; }

    GenerateRequest request() const
    {
        GenerateRequest request;
        request.model_dir = fs::path(HEADROOM_GOLDENS_DIR) / "tiny_wan";
        request.prompt = "a cat";
        request.width = 48;
        request.height = 32;
        request.frames = 9;
        request.steps = 3;
        request.guidance = 3.0;
        request.seed = 3;
        request.execution.device = "cpu";
        request.execution.dtype = ComputeDtype::Float32;
        return request;
    }

    struct Ended {
        Result<RunReport> report;
        std::vector<RgbFrame> frames;
        std::vector<std::string> notices;
        bool struck = false;
    };

    /// Runs with the n-th allocation of generate() refused; 0: none is.
    Ended run(std::int64_t refused)
    {
        fs::remove_all(path("state/prompts"));
        const auto resolved = m_engine->resolve(request());
        const auto plan = m_engine->plan(*resolved);
        test::RecordingListener listener;
        Ended ended{fail(ErrorCode::Internal, "not run"), {}, {}, false};
        if (refused > 0) {
            const AllocationFault fault(refused);
            ended.report = m_engine->generate(*resolved, *plan, listener, {});
            ended.struck = fault.struck();
        } else {
            ended.report = m_engine->generate(*resolved, *plan, listener, {});
        }
        ended.frames = std::move(listener.frames);
        ended.notices = std::move(listener.notices);
        return ended;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_engine = make_engine(
            {.demo_model_dir = fs::path(HEADROOM_GOLDENS_DIR) / "tiny_wan", .state_dir = path("state"), .modules_dir = {}});
        QVERIFY(m_engine->resolve(request()).has_value());
        QVERIFY(m_engine->plan(request()).has_value());
    }

    void goesOnOrSaysSoWhereverMemoryRunsOut()
    {
        const Ended whole = run(0);
        QVERIFY2(whole.report.has_value(), whole.report ? "" : whole.report.error().message.c_str());
        const std::int64_t live = HostMemory::live_bytes();
        int went_on = 0;
        int failed = 0;
        for (std::int64_t n = 1; n < 100'000; n = n * 5 / 4 + 1) {
            const Ended ended = run(n);
            QCOMPARE(HostMemory::live_bytes(), live);
            if (!ended.struck) break;
            if (!ended.report) {
                ++failed;
                QCOMPARE(ended.report.error().code, ErrorCode::OutOfMemory);
                continue;
            }
            ++went_on;
            QCOMPARE(ended.frames.size(), whole.frames.size());
            std::size_t apart = 0;
            for (std::size_t i = 0; i < ended.frames.size(); ++i) {
                for (std::size_t k = 0; k < whole.frames[i].pixels.size(); ++k) {
                    apart += std::abs(int(ended.frames[i].pixels[k]) - int(whole.frames[i].pixels[k])) > 1;
                }
            }
            QVERIFY2(apart == 0, qPrintable(QString("allocation %1: %2 values").arg(n).arg(apart)));
        }
        qInfo("%d runs went on, %d ended with an error", went_on, failed);
        QVERIFY(went_on > 5);
    }
};

QTEST_GUILESS_MAIN(TestMemoryRunsOut)
#include "test_memory_runs_out.moc"

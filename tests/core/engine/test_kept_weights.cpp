#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

#include "core/engine/engine.h"
#include "core/tensor/host_memory.h"
#include "tests/support/family_cases.h"
#include "tests/support/recording_listener.h"
#include "tests/support/unwrap.h"

using namespace headroom;
using memory::Residency;
using test::unwrap;
namespace fs = std::filesystem;

/// Residency::WholeRun from the memory trace: weights that are pinned to stay are there from stage to stage and from run to run,
/// and gone with the first plan that wants them otherwise.
class TestKeptWeights : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    std::unique_ptr<Engine> m_engine;

    const std::vector<test::FamilyCase> m_cases = one_a_model();

    /// The first case of each model.
    static std::vector<test::FamilyCase> one_a_model()
    {
        std::vector<test::FamilyCase> cases;
        for (const test::FamilyCase& each : test::family_cases()) {
            const auto same = [&](const test::FamilyCase& known) { return known.request.model_dir == each.request.model_dir; };
            if (std::ranges::none_of(cases, same)) cases.push_back(each);
        }
        return cases;
    }

    struct Run {
        Plan plan;
        RunReport report;
        std::vector<RgbFrame> frames;
    };

    Run run(const GenerateRequest& left_out)
    {
        fs::remove_all(fs::path(m_dir.path().toStdString()) /
                       "prompts");  // or the text encoder would not be needed a second time
        const GenerateRequest request = unwrap(m_engine->resolve(left_out));
        Run run{unwrap(m_engine->plan(request)), {}, {}};
        test::RecordingListener listener;
        run.report = unwrap(m_engine->generate(request, run.plan, listener, {}));
        run.frames = std::move(listener.frames);
        return run;
    }

    static std::int64_t part(const StagePlan& stage, MemoryKind kind)
    {
        std::int64_t sum = 0;
        for (const MemoryPart& part : stage.parts) sum += part.kind == kind ? part.size_bytes : 0;
        return sum;
    }

    static void compare_peaks(const Run& run)
    {
        for (const StageReport& stage : run.report.stages) {
            const std::int64_t difference = std::llabs(stage.predicted_peak_bytes - stage.measured_peak_bytes);
            QVERIFY2(difference <= std::max<std::int64_t>(stage.predicted_peak_bytes * 3 / 100, 16 << 10),
                     fmt::format("{}: predicted {}, measured {}", stage.component, stage.predicted_peak_bytes,
                                 stage.measured_peak_bytes)
                         .c_str());
        }
    }

private Q_SLOTS:
    void init() { m_engine = make_engine({.demo_model_dir = {}, .state_dir = m_dir.path().toStdString(), .modules_dir = {}}); }

    void stayFromRunToRun_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_cases.size(); ++i) QTest::newRow(m_cases[i].name.c_str()) << int(i);
    }
    void stayFromRunToRun()
    {
        QFETCH(int, index);
        const std::int64_t before = HostMemory::live_bytes();
        GenerateRequest request = m_cases[std::size_t(index)].request;
        const Run unpinned = run(request);
        QCOMPARE(qint64(HostMemory::live_bytes()), qint64(before));

        request.execution.pins.denoiser_residency = Residency::WholeRun;
        request.execution.pins.text_residency = Residency::WholeRun;
        const Run first = run(request);
        compare_peaks(first);
        for (const StagePlan& stage : first.plan.stages) QVERIFY(!stage.kept_before);
        const std::int64_t weights = HostMemory::live_bytes() - before;  // of all that is pinned
        std::int64_t in_files = 0;
        for (const StagePlan& stage : first.plan.stages)
            in_files += stage.weights.residency == Residency::WholeRun ? stage.file_bytes : 0;
        QVERIFY2(weights > in_files / 2 && weights < in_files * 11 / 10,
                 fmt::format("{} of {} in the files", weights, in_files).c_str());

        // The second run finds them there: no stage adds to them but the decoder, which has its own.
        const Run second = run(request);
        compare_peaks(second);
        for (const StagePlan& stage : second.plan.stages) {
            QCOMPARE(stage.kept_before, stage.weights.residency == Residency::WholeRun);
            if (stage.kept_before) QCOMPARE(qint64(part(stage, MemoryKind::Weights)), qint64(weights));
        }
        QCOMPARE(qint64(HostMemory::live_bytes() - before), qint64(weights));
        for (const Run* other : {&first, &second}) {
            QCOMPARE(other->frames.size(), unpinned.frames.size());
            for (std::size_t i = 0; i < other->frames.size(); ++i) QVERIFY(other->frames[i].pixels == unpinned.frames[i].pixels);
        }

        // A third wants only the text encoder to stay.
        request.execution.pins.denoiser_residency.reset();
        const Run third = run(request);
        compare_peaks(third);
        const std::int64_t kept = HostMemory::live_bytes() - before;
        QVERIFY(kept > 0 && kept < weights);
        request.execution.pins.text_residency.reset();
        const Run last = run(request);
        compare_peaks(last);
        QCOMPARE(qint64(HostMemory::live_bytes()), qint64(before));
    }

    /// Where the budget has no room for them beside the other stages, they are given up and read again.
    void giveWayToASmallBudget()
    {
        GenerateRequest request = m_cases.front().request;
        request.execution.pins.denoiser_residency = Residency::WholeRun;
        const std::int64_t before = HostMemory::live_bytes();
        run(request);
        QVERIFY(HostMemory::live_bytes() > before);
        // The least of a run that finds nothing there is less than with the denoiser beside the text encoder.
        std::int64_t least = 0;
        m_engine = make_engine({.demo_model_dir = {}, .state_dir = m_dir.path().toStdString(), .modules_dir = {}});
        QCOMPARE(qint64(HostMemory::live_bytes()), qint64(before));  // gone with their engine
        for (const StageChoices& stage : unwrap(m_engine->outlook(request)).stages)
            least = std::max(least, stage.exact.front().predicted_peak_bytes);
        run(request);
        request.execution.budget_bytes = least;
        const Run tight = run(request);
        QVERIFY(tight.report.peak_bytes <= least);
    }

    void areGoneBeforeAnotherModelRuns()
    {
        GenerateRequest request = m_cases.front().request;
        request.execution.pins.denoiser_residency = Residency::WholeRun;
        const std::int64_t before = HostMemory::live_bytes();
        run(request);
        QVERIFY(HostMemory::live_bytes() > before);
        const Run other = run(m_cases.back().request);
        compare_peaks(other);
        QCOMPARE(qint64(HostMemory::live_bytes()), qint64(before));
    }
};

QTEST_APPLESS_MAIN(TestKeptWeights)
#include "test_kept_weights.moc"

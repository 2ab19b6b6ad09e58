// Whole runs of every family on the stand-in card: LibTorch's own CUDA allocator, our copies, our wall. What comes out is no
// video (nothing computes); what is taken of the card, and when it is given back, is as on a card.
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

#include "core/base/byte_size.h"
#include "core/engine/plan_choice.h"
#include "tests/card/engine_with_card.h"
#include "tests/support/family_cases.h"
#include "tests/support/recording_listener.h"
#include "tests/support/unwrap.h"

using namespace headroom;

class TestCardRuns : public QObject {
    Q_OBJECT

    QTemporaryDir m_state;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Devices> m_devices = test::devices_with_card();
    std::vector<test::FamilyCase> m_cases = test::family_cases();

    GenerateRequest on_card(GenerateRequest request) const
    {
        request.execution.device = "cuda:0";
        request.execution.dtype = ComputeDtype::BFloat16;
        request.steps = 2;
        return request;
    }

    GenerateRequest large_wan() const
    {
        GenerateRequest request = on_card(m_cases.front().request);
        request.width = 416;
        request.height = 240;
        request.frames = 17;
        return request;
    }

    struct Ended {
        Result<RunReport> report = fail(ErrorCode::Internal, "not run");
        test::RecordingListener listener;
        std::int64_t card_peak_bytes = 0;
    };

    std::unique_ptr<Ended> run(const GenerateRequest& request, const Plan& plan)
    {
        auto ended = std::make_unique<Ended>();
        test::restart_card_peak();
        ended->report = m_engine->generate(test::unwrap(m_engine->resolve(request)), plan, ended->listener, {});
        ended->card_peak_bytes = test::card_peak_bytes();
        return ended;
    }

    std::unique_ptr<Ended> run(const GenerateRequest& request) { return run(request, test::unwrap(m_engine->plan(request))); }

    static QString text_of(const Result<RunReport>& report)
    {
        return report ? QString() : QString::fromStdString(report.error().message);
    }

private Q_SLOTS:
    void initTestCase() { m_engine = test::engine_with_card(m_state.path().toStdString()); }
    void cleanup()
    {
        test::let_others_hold(0);
        test::refuse_memory(0, 0);
    }

    void keepsToBudgetAndForecast_data()
    {
        QTest::addColumn<int>("which");
        QTest::addColumn<double>("budget_factor");
        for (int which = 0; which < int(m_cases.size()); ++which) {
            const char* name = m_cases[std::size_t(which)].name.c_str();
            QTest::addRow("%s, all of the card", name) << which << 0.0;
            QTest::addRow("%s, the least", name) << which << 1.0;
            QTest::addRow("%s, a little more", name) << which << 1.004;
        }
    }

    void keepsToBudgetAndForecast()
    {
        QFETCH(int, which);
        QFETCH(double, budget_factor);
        GenerateRequest request = on_card(m_cases[std::size_t(which)].request);
        const std::int64_t least = minimum_budget_bytes(test::unwrap(m_engine->outlook(request)));
        if (budget_factor > 0) request.execution.budget_bytes = std::int64_t(double(least) * budget_factor);

        const auto ended = run(request);
        QVERIFY2(ended->report.has_value(), qPrintable(text_of(ended->report)));
        QVERIFY2(ended->listener.notices.empty(), ended->listener.notices.empty() ? "" : ended->listener.notices.front().c_str());
        const RunReport& report = *ended->report;
        QVERIFY(ended->card_peak_bytes <= report.plan.budget_bytes);
        QVERIFY(report.peak_bytes <= report.plan.budget_bytes);
        QVERIFY(int(ended->listener.frames.size()) == *request.frames);
        for (const StageReport& stage : report.stages) {
            const StagePlan& plan = report.plan.of(stage.stage, stage.component);
            QVERIFY(stage.predicted_peak_bytes > 0);
            QVERIFY2(stage.measured_peak_bytes <= stage.predicted_peak_bytes, qPrintable(QString("%1: %2 measured, %3 predicted")
                                                                                             .arg(stage.component.c_str())
                                                                                             .arg(stage.measured_peak_bytes)
                                                                                             .arg(stage.predicted_peak_bytes)));
            // Beside what was forecast of tensors there are only cuBLAS's and cuDNN's workspaces.
            QVERIFY(stage.tensor_peak_bytes <= tensor_bytes(plan) + 34 * kMiB);
            QVERIFY2(stage.tensor_peak_bytes + kMiB >= tensor_bytes(plan), stage.component.c_str());
        }
        // Of the card nothing stays but the context and cuBLAS's workspace.
        QVERIFY(test::tensor_bytes(*m_devices) < 10 * kMiB);
    }

    void belowTheLeastIsRefused()
    {
        GenerateRequest request = on_card(m_cases.front().request);
        request.execution.budget_bytes = minimum_budget_bytes(test::unwrap(m_engine->outlook(request))) - 1;
        const auto plan = m_engine->plan(request);
        QCOMPARE(plan.error().code, ErrorCode::DoesNotFit);
    }

    /// Others take memory between plan and run: the driver refuses although the budget has room.
    void goesOnWhenOthersTakeMemory()
    {
        GenerateRequest request = large_wan();
        request.width = request.height = 512;
        request.batch = 4;
        const std::int64_t least = minimum_budget_bytes(test::unwrap(m_engine->outlook(request)));
        request.execution.pins.vae = VaeMethod::Whole;
        request.execution.pins.slicing = Slicing::Off;
        const Plan plan = test::unwrap(m_engine->plan(request));
        const std::int64_t total = test::unwrap(m_devices->find("cuda:0")).total_bytes;
        QVERIFY2(least + 150 * kMiB < plan.predicted_peak_bytes(),
                 qPrintable(QString("%1 %2").arg(least).arg(plan.predicted_peak_bytes())));
        test::let_others_hold(total - least - 20 * kMiB);
        request.execution.pins = {};
        const auto ended = run(request, plan);
        QVERIFY2(ended->report.has_value(), qPrintable(text_of(ended->report)));
        for (const std::string& notice : ended->listener.notices) qInfo("%s", notice.c_str());
        QCOMPARE(ended->listener.notices.size(), std::size_t(1));
        QVERIFY(QString::fromStdString(ended->listener.notices.front()).contains("ran out"));
        QVERIFY2(ended->card_peak_bytes <= total, qPrintable(QString("%1 of %2").arg(ended->card_peak_bytes).arg(total)));
        QCOMPARE(int(ended->listener.frames.size()), 4 * 17);
        QVERIFY(test::tensor_bytes(*m_devices) < 10 * kMiB);
    }

    void endsCleanlyWhereverTheDriverRefuses()
    {
        const GenerateRequest request = large_wan();
        const Plan plan = test::unwrap(m_engine->plan(request));
        int went_on = 0, failed = 0;
        for (std::int64_t granted = 0; granted < 40; granted = granted * 3 / 2 + 1) {
            for (const std::int64_t refused : {2, 8, 1'000'000}) {
                test::refuse_memory(granted, refused);
                const auto ended = run(request, plan);
                test::refuse_memory(0, 0);
                if (ended->report) {
                    ++went_on;
                    QCOMPARE(int(ended->listener.frames.size()), 17);
                } else {
                    ++failed;
                    QVERIFY2(ended->report.error().code == ErrorCode::OutOfMemory, qPrintable(text_of(ended->report)));
                }
                QVERIFY(test::tensor_bytes(*m_devices) < 10 * kMiB);
            }
        }
        qInfo("%d runs went on, %d ended with an error", went_on, failed);
        QVERIFY(went_on > 3 && failed > 3);
    }
};

QTEST_GUILESS_MAIN(TestCardRuns)
#include "test_card_runs.moc"

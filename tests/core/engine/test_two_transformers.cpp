#include <QTemporaryDir>
#include <QtTest>

#include "core/engine/engine.h"
#include "tests/support/family_cases.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/recording_listener.h"
#include "tests/support/unwrap.h"

using namespace headroom;
using test::unwrap;
namespace fs = std::filesystem;

/// Wan 2.2 A14B: the transformers take turns, one swap a clip.
class TestTwoTransformers : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    std::unique_ptr<Engine> m_engine;

    static GenerateRequest tiny_request()
    {
        for (const test::FamilyCase& family : test::family_cases()) {
            if (family.name == "Wan 2.2 A14B") return family.request;
        }
        return {};
    }

    RunReport run(const GenerateRequest& left_out, test::RecordingListener& listener)
    {
        const GenerateRequest request = unwrap(m_engine->resolve(left_out));
        return unwrap(m_engine->generate(request, unwrap(m_engine->plan(request)), listener, {}));
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_engine = make_engine({.demo_model_dir = {}, .state_dir = m_dir.path().toStdString(), .modules_dir = {}});
    }

    void swapAtTheBoundary()
    {
        test::RecordingListener listener;
        const RunReport report = run(tiny_request(), listener);
        const auto high_noise_steps =
            test::read_golden("pipeline_wan22_a14b.safetensors").at("high_noise_steps").item<std::int64_t>();
        std::int64_t first = 0;
        int last_done = 0;
        std::string component = "transformer";
        for (const StageProgress& progress : listener.progress) {
            if (progress.stage != Stage::Denoise) continue;
            QCOMPARE(progress.done, ++last_done);
            QCOMPARE(progress.total, 12);
            QVERIFY2(progress.component == component || component == "transformer", "the first transformer must not come back");
            component = progress.component;
            first += component == "transformer";
        }
        QCOMPARE(last_done, 12);
        QCOMPARE(component, std::string("transformer_2"));
        QCOMPARE(first, high_noise_steps);
        QCOMPARE(std::ranges::count(listener.started, Stage::Denoise), 1);
        QCOMPARE(report.stages.size(), std::size_t(4));
        QVERIFY(!report.stages[1].ends_stage && report.stages[2].ends_stage);
    }

    void secondIsNotPlannedWhenTheBoundaryIsNotCrossed()
    {
        GenerateRequest request = tiny_request();
        request.steps = 2;  // timesteps 999 and more than 875 at this shift
        request.extra["flow_shift"] = 20;
        test::RecordingListener listener;
        const RunReport report = run(request, listener);
        QCOMPARE(report.plan.components_of(Stage::Denoise), std::vector<std::string>{"transformer"});
        QVERIFY(std::ranges::none_of(report.stages, [](const StageReport& stage) { return stage.component == "transformer_2"; }));
        QVERIFY(!listener.frames.empty());
    }

    /// Whether the second one's files are read ahead is said, and changes no pixel.
    void fetchesAheadAsPlanned()
    {
        std::vector<std::vector<RgbFrame>> clips;
        const GenerateRequest request = unwrap(m_engine->resolve(tiny_request()));
        Plan plan = unwrap(m_engine->plan(request));
        QCOMPARE(plan.of(Stage::Denoise, "transformer").prefetch, Prefetch::None);
        QCOMPARE(plan.of(Stage::Denoise, "transformer_2").prefetch, Prefetch::Ahead);
        for (const Prefetch prefetch : {Prefetch::Ahead, Prefetch::NoRoom}) {
            for (StagePlan& stage : plan.stages) {
                if (stage.component == "transformer_2") stage.prefetch = prefetch;
            }
            test::RecordingListener listener;
            const RunReport report = unwrap(m_engine->generate(request, plan, listener, {}));
            const std::string said = prefetch == Prefetch::Ahead ? "\"fetched_ahead\": true" : "\"fetched_ahead\": false";
            QVERIFY(to_json(report).find(said) != std::string::npos);
            clips.push_back(std::move(listener.frames));
        }
        QCOMPARE(clips[0].size(), clips[1].size());
        for (std::size_t i = 0; i < clips[0].size(); ++i) QVERIFY(clips[0][i].pixels == clips[1][i].pixels);
    }

    void guidanceOfTheSecondFollowsTheFirst()
    {
        GenerateRequest request = tiny_request();
        request.extra.clear();
        request.guidance = 6.0;
        QCOMPARE(unwrap(m_engine->resolve(request)).extra.at("guidance_2"), 6.0);
        request.guidance.reset();
        const GenerateRequest defaults = unwrap(m_engine->resolve(request));
        QCOMPARE(*defaults.guidance, 4.0);
        QCOMPARE(defaults.extra.at("guidance_2"), 3.0);
        QCOMPARE(defaults.extra.at("flow_shift"), 3.0);  // the folder's scheduler says so
        const ModelInfo info = unwrap(m_engine->inspect(request.model_dir));
        QCOMPARE(info.presets.size(), std::size_t(2));
        QCOMPARE(info.presets.front().extra.at("flow_shift"), 12.0);  // the authors' own
    }

    void refusesSettingsThatTheModelDoesNotHave_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("mentioned");
        QTest::newRow("unknown") << "sharpness" << 1.0 << "guidance_2, flow_shift";
        QTest::newRow("too large") << "guidance_2" << 1e9 << "0 to 100";
        QTest::newRow("not a number") << "flow_shift" << std::nan("") << "flow_shift";
    }
    void refusesSettingsThatTheModelDoesNotHave()
    {
        QFETCH(QString, key);
        QFETCH(double, value);
        QFETCH(QString, mentioned);
        GenerateRequest request = tiny_request();
        request.extra[key.toStdString()] = value;
        const auto refused = m_engine->resolve(request);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Usage);
        QVERIFY2(QString::fromStdString(refused.error().message).contains(mentioned), refused.error().message.c_str());
    }
};

QTEST_APPLESS_MAIN(TestTwoTransformers)
#include "test_two_transformers.moc"

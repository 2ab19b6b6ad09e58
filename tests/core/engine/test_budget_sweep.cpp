#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <random>

#include "core/base/byte_size.h"
#include "core/engine/engine.h"
#include "core/engine/plan_choice.h"
#include "tests/support/family_cases.h"
#include "tests/support/recording_listener.h"
#include "tests/support/unwrap.h"

using namespace headroom;

/// The wall and the forecast over random requests: seeded, so that a failure can be run again.
class TestBudgetSweep : public QObject {
    Q_OBJECT

    static constexpr int kRequests = 200;
    static constexpr std::int64_t kToleranceBytes = 1 << 20;

    QTemporaryDir m_state;
    std::unique_ptr<Engine> m_engine;

    struct Drawn {
        GenerateRequest request;
        double budget_factor = 1;  ///< Of the least that works.
    };

    /// The demo model and one tiny model of every family.
    std::vector<ModelInfo> m_models;

    Drawn draw(std::mt19937& random) const
    {
        const auto pick = [&](auto... values) {
            const std::array all{values...};
            return all[std::uniform_int_distribution<std::size_t>(0, all.size() - 1)(random)];
        };
        Drawn drawn;
        GenerateRequest& request = drawn.request;
        const ModelInfo& model = m_models[std::uniform_int_distribution<std::size_t>(0, m_models.size() - 1)(random)];
        request.model_dir = model.dir;
        request.prompt = pick("a red circle moving right on a blue background", "x", "two words");
        request.width = model.width_rule.nearest(16 * std::uniform_int_distribution<int>(1, 10)(random));
        request.height = model.height_rule.nearest(16 * std::uniform_int_distribution<int>(1, 10)(random));
        request.frames = model.frames_rule.nearest(4 * std::uniform_int_distribution<int>(0, 5)(random) + 1);
        request.steps = pick(1, 2, 3);
        request.guidance = pick(1.0, 3.0);
        request.batch = pick(1, 1, 2);
        request.seed = random();
        request.execution.device = "cpu";
        request.execution.dtype = pick(ComputeDtype::Float32, ComputeDtype::BFloat16, ComputeDtype::Float16);
        if (pick(0, 1) && model.pipeline_class == "WanPipeline") request.execution.pins.latents_per_chunk = pick(1, 2);
        drawn.budget_factor = std::exp2(std::uniform_real_distribution<double>(-0.7, 1.5)(random));
        return drawn;
    }

    static QString text_of(const GenerateRequest& request, std::int64_t budget_bytes)
    {
        return QString("%1 %2×%3×%4, batch %5, guidance %6, dtype %7, budget %8")
            .arg(QString::fromStdString(request.model_dir.filename().string()))
            .arg(*request.width)
            .arg(*request.height)
            .arg(*request.frames)
            .arg(request.batch)
            .arg(*request.guidance)
            .arg(int(request.execution.dtype))
            .arg(budget_bytes);
    }

    static QString forecast_text(const QString& what, const StageReport& stage)
    {
        return QString("%1: %2 predicted %3, measured %4")
            .arg(what, QString::fromStdString(stage.component))
            .arg(stage.predicted_peak_bytes)
            .arg(stage.measured_peak_bytes);
    }

    static void check_forecast(const QString& what, const StageReport& stage)
    {
        if (stage.predicted_peak_bytes == 0) return;  // not loaded: its results alone are there
        QVERIFY2(stage.measured_peak_bytes <= stage.predicted_peak_bytes, qPrintable(forecast_text(what, stage)));
        const std::int64_t allowed_bytes = std::max(kToleranceBytes, stage.measured_peak_bytes * 3 / 100);
        QVERIFY2(stage.predicted_peak_bytes - stage.measured_peak_bytes <= allowed_bytes, qPrintable(forecast_text(what, stage)));
    }

    /// A run at exactly the least budget that its outlook names.
    void runs_at_the_least_budget(GenerateRequest drawn)
    {
        const auto outlook = m_engine->outlook(drawn);
        QVERIFY2(outlook.has_value(), outlook ? "" : outlook.error().message.c_str());
        drawn.execution.budget_bytes = minimum_budget_bytes(*outlook);
        const QString what = text_of(drawn, *drawn.execution.budget_bytes);
        const auto request = m_engine->resolve(drawn);
        QVERIFY2(request.has_value(), request ? "" : request.error().message.c_str());
        const auto plan = m_engine->plan(*request);
        QVERIFY2(plan.has_value(), plan ? "" : qPrintable(what + ": " + QString::fromStdString(plan.error().message)));
        test::RecordingListener listener;
        const auto report = m_engine->generate(*request, *plan, listener, {});
        QVERIFY2(report.has_value(), report ? "" : qPrintable(what + ": " + QString::fromStdString(report.error().message)));
        QVERIFY2(listener.notices.empty(),
                 listener.notices.empty() ? "" : qPrintable(what + ": " + QString::fromStdString(listener.notices.front())));
        QVERIFY2(report->peak_bytes <= *request->execution.budget_bytes,
                 qPrintable(what + QString(": peak %1").arg(report->peak_bytes)));
        for (const StageReport& stage : report->stages) check_forecast(what, stage);
    }

private Q_SLOTS:
    void init()
    {
        m_engine = make_engine({HEADROOM_SOURCE_DIR "/resources/demo_model", m_state.path().toStdString(), {}});
        if (!m_models.empty()) return;
        m_models.push_back(test::unwrap(m_engine->inspect({})));
        for (const test::FamilyCase& family : test::family_cases()) {
            const auto known = [&](const ModelInfo& model) { return model.dir == family.request.model_dir; };
            if (std::ranges::none_of(m_models, known))
                m_models.push_back(test::unwrap(m_engine->inspect(family.request.model_dir)));
        }
    }

    void keepsTheBudgetAndTheForecast()
    {
        std::mt19937 random(20261124);
        int ran = 0;
        int refused = 0;
        double largest_miss = 0;
        std::int64_t largest_miss_bytes = 0;
        QString missed_at;
        for (int i = 0; i < kRequests; ++i) {
            Drawn drawn = draw(random);
            const auto outlook = m_engine->outlook(drawn.request);
            QVERIFY2(outlook.has_value(), outlook ? "" : outlook.error().message.c_str());
            const std::int64_t least = minimum_budget_bytes(*outlook);
            const auto budget = std::int64_t(double(least) * drawn.budget_factor);
            drawn.request.execution.budget_bytes = budget;
            const QString what = text_of(drawn.request, budget);

            const auto request = m_engine->resolve(drawn.request);
            QVERIFY2(request.has_value(), request ? "" : request.error().message.c_str());
            const auto plan = m_engine->plan(*request);
            if (budget < least) {
                ++refused;
                QVERIFY2(!plan.has_value(), qPrintable(what));
                QCOMPARE(plan.error().code, ErrorCode::DoesNotFit);
                continue;
            }
            ++ran;
            QVERIFY2(plan.has_value(), plan ? "" : plan.error().message.c_str());
            test::RecordingListener listener;
            const auto report = m_engine->generate(*request, *plan, listener, {});
            QVERIFY2(report.has_value(), report ? "" : qPrintable(what + ": " + QString::fromStdString(report.error().message)));
            QVERIFY2(report->peak_bytes <= budget, qPrintable(what + QString(": peak %1").arg(report->peak_bytes)));
            QVERIFY2(listener.notices.empty(), qPrintable(what));
            for (const StageReport& stage : report->stages) {
                const std::int64_t miss = std::abs(stage.predicted_peak_bytes - stage.measured_peak_bytes);
                if (miss > largest_miss_bytes) {
                    largest_miss_bytes = miss;
                    missed_at = what + ", " + QString::fromStdString(stage.component);
                }
                check_forecast(what, stage);
                if (stage.predicted_peak_bytes > 0)
                    largest_miss = std::max(largest_miss, double(miss) / double(stage.measured_peak_bytes));
            }
        }
        qInfo("%d ran, %d were refused; the forecast missed by %lld bytes (%s) and by %.2f %% at most", ran, refused,
              static_cast<long long>(largest_miss_bytes), qPrintable(missed_at), 100 * largest_miss);
        QVERIFY(ran > kRequests / 2 && refused > kRequests / 20);
    }

    void peakNeverRisesWhenTheBudgetFalls()
    {
        std::mt19937 random(7);
        for (int i = 0; i < 20; ++i) {
            const Drawn drawn = draw(random);
            const auto outlook = m_engine->outlook(drawn.request);
            QVERIFY2(outlook.has_value(), outlook ? "" : outlook.error().message.c_str());
            const std::int64_t least = minimum_budget_bytes(*outlook);
            QVERIFY(!plan_within(*outlook, least - 1).has_value());
            std::int64_t last_peak = 0;
            for (std::int64_t budget = least; budget < 8 * least; budget += std::max<std::int64_t>(least / 16, 1)) {
                const auto plan = plan_within(*outlook, budget);
                QVERIFY(plan.has_value());
                const std::int64_t peak = plan->predicted_peak_bytes();
                QVERIFY(peak <= budget);
                QVERIFY(peak >= last_peak);
                last_peak = peak;
            }
        }
    }

    /// The largest model that is there, at its own size.
    void foretellsTheDemoModelsOwnClip()
    {
        for (const ComputeDtype dtype : {ComputeDtype::Float32, ComputeDtype::BFloat16, ComputeDtype::Float16}) {
            GenerateRequest drawn;
            drawn.prompt = "a red circle moving right on a blue background";
            drawn.steps = 2;
            drawn.execution.device = "cpu";
            drawn.execution.dtype = dtype;
            const GenerateRequest request = test::unwrap(m_engine->resolve(drawn));
            test::RecordingListener listener;
            const RunReport report =
                test::unwrap(m_engine->generate(request, test::unwrap(m_engine->plan(request)), listener, {}));
            for (const StageReport& stage : report.stages) check_forecast(text_of(request, 0), stage);
        }
    }

    void runsAtTheLeastBudget()
    {
        std::mt19937 random(11);
        for (int i = 0; i < 60; ++i) {
            runs_at_the_least_budget(draw(random).request);
            if (QTest::currentTestFailed()) return;
        }
    }

    /// Where the denoised latents are cut, what was cut off must not stay through the decode.
    void runsFilledClipsAtTheLeastBudget_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("frames");
        QTest::newRow("tall, 9 frames") << 96 << 128 << 9;
        QTest::newRow("tall, 17 frames") << 96 << 128 << 17;
        QTest::newRow("wide") << 160 << 96 << 17;
        QTest::newRow("square") << 128 << 128 << 9;
    }
    void runsFilledClipsAtTheLeastBudget()
    {
        QFETCH(int, width);
        QFETCH(int, height);
        QFETCH(int, frames);
        for (const ComputeDtype dtype : {ComputeDtype::Float32, ComputeDtype::BFloat16, ComputeDtype::Float16}) {
            GenerateRequest request;
            request.model_dir = HEADROOM_GOLDENS_DIR "/tiny_cogvideox_15";
            request.prompt = "a red circle moves";
            request.width = width;
            request.height = height;
            request.frames = frames;
            request.steps = 2;
            request.guidance = 1.0;
            request.execution.device = "cpu";
            request.execution.dtype = dtype;
            runs_at_the_least_budget(request);
            if (QTest::currentTestFailed()) return;
        }
    }
};

QTEST_GUILESS_MAIN(TestBudgetSweep)
#include "test_budget_sweep.moc"

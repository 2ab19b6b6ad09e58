#include <QtTest>

#include <filesystem>
#include <fstream>

#include <ATen/Parallel.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <nlohmann/json.hpp>

#include "core/sampling/scheduler.h"
#include "tests/support/golden_tensors.h"

using namespace headroom;
using namespace headroom::sampling;
using namespace headroom::test;

namespace {

constexpr double kTolerance = 1e-5;
// The third order's float32 equations lose digits: on a CPU whose logarithms differ by an ulp, so do both programs by this much.
constexpr double kThirdOrderTolerance = 3e-5;

/// The runs of tests/reference/make_scheduler_goldens.py.
struct Goldens {
    Goldens() : tensors(read_golden("schedulers.safetensors"))
    {
        std::ifstream stream(std::filesystem::path(HEADROOM_GOLDENS_DIR) / "schedulers.json");
        configs = nlohmann::json::parse(stream);
    }

    const Tensor& of(const std::string& run, const char* what) const { return tensors.at(run + "/" + what); }
    int steps(const std::string& run) const { return int(of(run, "timesteps").size(0)); }
    std::unique_ptr<Scheduler> scheduler(const std::string& run) const
    {
        return make_scheduler(configs.at(run), steps(run), run).value();
    }
    Tensor output(int step) const { return tensors.at("outputs")[step]; }

    Tensors tensors;
    nlohmann::json configs;
};

}  // namespace

class TestScheduler : public QObject {
    Q_OBJECT

    Goldens m_goldens;

    void addRuns() const
    {
        QTest::addColumn<QString>("run");
        for (const auto& [name, config] : m_goldens.configs.items()) QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }

private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }

    void timestepsEqualTheReference_data() { addRuns(); }
    void timestepsEqualTheReference()
    {
        QFETCH(QString, run);
        const std::string name = run.toStdString();
        const auto scheduler = m_goldens.scheduler(name);
        QCOMPARE(max_abs_difference(at::tensor(scheduler->timesteps()), m_goldens.of(name, "timesteps")), 0.0);
        QCOMPARE(max_abs_difference(at::tensor(scheduler->sigmas()), m_goldens.of(name, "sigmas")), 0.0);
    }

    void everyStepIsTheReferences_data() { addRuns(); }
    void everyStepIsTheReferences()
    {
        QFETCH(QString, run);
        const std::string name = run.toStdString();
        const auto scheduler = m_goldens.scheduler(name);
        Tensor sample = m_goldens.tensors.at("noise");
        double largest = 0;
        for (int step = 0; step < m_goldens.steps(name); ++step) {
            sample = scheduler->step(m_goldens.output(step), std::size_t(step), sample);
            largest = std::max(largest, relative_difference(sample, m_goldens.of(name, "samples")[step]));
        }
        qInfo("largest relative difference %.2e", largest);
        QVERIFY(largest <= (run.contains("order 3") ? kThirdOrderTolerance : kTolerance));
    }

    void aRestoredRunGoesOnWithTheSameBits_data() { addRuns(); }
    void aRestoredRunGoesOnWithTheSameBits()
    {
        QFETCH(QString, run);
        const std::string name = run.toStdString();
        const int steps = m_goldens.steps(name);
        for (const int stopped_after : {0, 1, 2, steps / 2, steps}) {
            if (stopped_after > steps) continue;
            const auto first = m_goldens.scheduler(name);
            Tensor sample = m_goldens.tensors.at("noise");
            for (int step = 0; step < stopped_after; ++step)
                sample = first->step(m_goldens.output(step), std::size_t(step), sample);
            const auto second = m_goldens.scheduler(name);
            QVERIFY(second->restore(first->save_state()).has_value());
            Tensor resumed = sample.clone();
            for (int step = stopped_after; step < steps; ++step) {
                sample = first->step(m_goldens.output(step), std::size_t(step), sample);
                resumed = second->step(m_goldens.output(step), std::size_t(step), resumed);
                QVERIFY(resumed.equal(sample));
            }
        }
    }

    void aStepChangesNothingItWasGiven()
    {
        const auto scheduler = m_goldens.scheduler("unipc order 3");
        Tensor sample = m_goldens.tensors.at("noise").clone();
        for (int step = 0; step < 20; ++step) {
            const Tensor output = m_goldens.output(step).clone();
            const Tensor before = sample.clone();
            SchedulerState saved = scheduler->save_state();
            for (auto& [name, tensor] : saved.tensors) tensor = tensor.clone();
            const SchedulerState shared = scheduler->save_state();
            const Tensor next = scheduler->step(output, std::size_t(step), sample);
            QVERIFY(output.equal(m_goldens.output(step)));
            QVERIFY(sample.equal(before));
            for (const auto& [name, tensor] : saved.tensors) QVERIFY(shared.tensors.at(name).equal(tensor));
            sample = next;
        }
    }

    void theLastStepLandsOnThePredictedCleanSample_data()
    {
        QTest::addColumn<QString>("run");
        QTest::newRow("unipc") << "unipc shift 3, 20 steps";
        QTest::newRow("unipc on samples") << "unipc on samples";
        QTest::newRow("unipc on velocity") << "unipc on velocity";
        QTest::newRow("euler") << "euler shift 3, 50 steps";
        QTest::newRow("euler inverted") << "euler inverted";
    }
    void theLastStepLandsOnThePredictedCleanSample()
    {
        QFETCH(QString, run);
        const std::string name = run.toStdString();
        auto config = m_goldens.configs.at(name);
        config["disable_corrector"] = nlohmann::json::array({0, 1, 2});
        const auto scheduler = make_scheduler(config, 4).value();
        Tensor sample = m_goldens.tensors.at("noise");
        Tensor clean;
        for (int step = 0; step < 4; ++step) {
            clean = scheduler->predicted_clean(m_goldens.output(step), std::size_t(step), sample);
            sample = scheduler->step(m_goldens.output(step), std::size_t(step), sample);
        }
        QVERIFY(relative_difference(sample, clean) <= 1e-6);
    }

    /// The reference divides by zero here; the limit is finite.
    void zeroNoiseIsReachedFromEverySolver_data()
    {
        QTest::addColumn<QString>("settings");
        QTest::newRow("bh1") << R"({"solver_type": "bh1"})";
        QTest::newRow("full order to the end") << R"({"lower_order_final": false})";
        QTest::newRow("on noise") << R"({"prediction_type": "epsilon", "predict_x0": false})";
    }
    void zeroNoiseIsReachedFromEverySolver()
    {
        QFETCH(QString, settings);
        auto config = m_goldens.configs.at("unipc shift 3, 20 steps");
        config.update(nlohmann::json::parse(settings.toStdString()));
        const auto scheduler = make_scheduler(config, 5).value();
        Tensor sample = m_goldens.tensors.at("noise");
        for (int step = 0; step < 5; ++step) sample = scheduler->step(m_goldens.output(step), std::size_t(step), sample);
        QVERIFY(sample.isfinite().all().item<bool>());
    }

    void aHalfPrecisionOutputLeavesTheSampleInFloat32()
    {
        for (const char* name : {"unipc shift 3, 20 steps", "euler shift 7, 20 steps"}) {
            const auto scheduler = m_goldens.scheduler(name);
            const Tensor output = m_goldens.output(0).to(at::kBFloat16);
            QCOMPARE(scheduler->predicted_clean(output, 0, m_goldens.tensors.at("noise")).scalar_type(), at::kFloat);
            QCOMPARE(scheduler->step(output, 0, m_goldens.tensors.at("noise")).scalar_type(), at::kFloat);
        }
    }

    void refusesStatesOfOtherRuns_data()
    {
        QTest::addColumn<QString>("run");
        QTest::addColumn<QString>("numbers");
        QTest::addColumn<bool>("has_tensors");
        const QString unipc = "unipc shift 3, 20 steps";
        const QString euler = "euler shift 7, 20 steps";
        QTest::newRow("empty, unipc") << unipc << "{}" << true;
        QTest::newRow("empty, euler") << euler << "{}" << true;
        QTest::newRow("more steps, unipc") << unipc << R"({"next_step": 21, "order": 2})" << true;
        QTest::newRow("more steps, euler") << euler << R"({"next_step": 21})" << true;
        QTest::newRow("before the start, euler") << euler << R"({"next_step": -1})" << true;
        QTest::newRow("no tensors") << unipc << R"({"next_step": 3, "order": 2})" << false;
        QTest::newRow("order 0") << unipc << R"({"next_step": 3, "order": 0})" << true;
        QTest::newRow("order above the outputs") << unipc << R"({"next_step": 1, "order": 2})" << true;
    }
    void refusesStatesOfOtherRuns()
    {
        QFETCH(QString, run);
        QFETCH(QString, numbers);
        QFETCH(bool, has_tensors);
        SchedulerState state;
        const auto parsed = nlohmann::json::parse(numbers.toStdString());
        for (const auto& [name, number] : parsed.items()) state.numbers[name] = number.get<std::int64_t>();
        for (const char* name : {"output_0", "output_1", "last_sample"}) {
            if (has_tensors) state.tensors[name] = at::zeros({1});
        }
        const auto refused = m_goldens.scheduler(run.toStdString())->restore(state);
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::BadInput);
    }
};

QTEST_APPLESS_MAIN(TestScheduler)
#include "test_scheduler.moc"

#include <QtTest>

#include <filesystem>
#include <fstream>

#include <ATen/Parallel.h>
#include <ATen/ops/tensor.h>
#include <nlohmann/json.hpp>

#include "core/sampling/scheduler.h"
#include "core/tensor/noise.h"
#include "tests/support/golden_tensors.h"

using namespace headroom;
using namespace headroom::sampling;
using namespace headroom::test;

namespace {

constexpr std::uint64_t kSeed = 11;

/// The runs of tests/reference/make_cogvideox_scheduler_goldens.py.
struct Goldens {
    Goldens() : tensors(read_golden("cogvideox/schedulers.safetensors"))
    {
        std::ifstream stream(std::filesystem::path(HEADROOM_GOLDENS_DIR) / "cogvideox" / "schedulers.json");
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

DrawNoise draws_of(NoiseStream& noise)
{
    return [&noise](const Tensor& like) { return noise.normal(like.sizes().vec()); };
}

std::string refusal(const std::string& settings, int steps = 20)
{
    const auto config = nlohmann::json::parse(R"({"_class_name": "CogVideoXDPMScheduler")" + settings + "}");
    const auto scheduler = make_scheduler(config, steps);
    return scheduler ? std::string() : scheduler.error().message;
}

}  // namespace

class TestCogVideoXSchedulers : public QObject {
    Q_OBJECT

    Goldens m_goldens;

    void addRuns() const
    {
        QTest::addColumn<QString>("run");
        for (const auto& [name, config] : m_goldens.configs.items()) QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }

private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }

    void everyStepIsTheReferences_data() { addRuns(); }
    void everyStepIsTheReferences()
    {
        QFETCH(QString, run);
        const std::string name = run.toStdString();
        const auto scheduler = m_goldens.scheduler(name);
        QCOMPARE(max_abs_difference(at::tensor(scheduler->timesteps()), m_goldens.of(name, "timesteps")), 0.0);
        QCOMPARE(scheduler->sigmas().size(), scheduler->timesteps().size() + 1);
        NoiseStream noise(kSeed);
        Tensor sample = m_goldens.tensors.at("noise");
        double largest = 0;
        for (int step = 0; step < m_goldens.steps(name); ++step) {
            sample = scheduler->step(m_goldens.output(step), std::size_t(step), sample, draws_of(noise));
            largest = std::max(largest, relative_difference(sample, m_goldens.of(name, "samples")[step]));
        }
        qInfo("largest relative difference %.2e", largest);
        QVERIFY(largest <= 1e-6);
    }

    void timestepsOfEveryNumberOfStepsEqualTheReference_data()
    {
        QTest::addColumn<QString>("spacing");
        for (const char* spacing : {"trailing", "leading", "linspace"}) QTest::newRow(spacing) << QString(spacing);
    }
    void timestepsOfEveryNumberOfStepsEqualTheReference()
    {
        QFETCH(QString, spacing);
        const Tensor expected = m_goldens.tensors.at("timesteps/" + spacing.toStdString());
        const nlohmann::json config{{"_class_name", "CogVideoXDDIMScheduler"}, {"timestep_spacing", spacing.toStdString()}};
        std::vector<double> all;
        for (int steps = 1; steps <= 100; ++steps) {
            const auto scheduler = make_scheduler(config, steps);
            QVERIFY(scheduler.has_value());
            QCOMPARE((*scheduler)->timesteps().size(), std::size_t(steps));
            all.insert(all.end(), (*scheduler)->timesteps().begin(), (*scheduler)->timesteps().end());
        }
        QCOMPARE(max_abs_difference(at::tensor(all), expected), 0.0);
    }

    void aRestoredRunGoesOnWithTheSameBitsAndDraws_data() { addRuns(); }
    void aRestoredRunGoesOnWithTheSameBitsAndDraws()
    {
        QFETCH(QString, run);
        const std::string name = run.toStdString();
        const int steps = m_goldens.steps(name);
        for (const int stopped_after : {0, 1, 2, steps / 2, steps}) {
            if (stopped_after > steps) continue;
            NoiseStream noise(kSeed);
            const auto first = m_goldens.scheduler(name);
            Tensor sample = m_goldens.tensors.at("noise");
            for (int step = 0; step < stopped_after; ++step)
                sample = first->step(m_goldens.output(step), std::size_t(step), sample, draws_of(noise));
            NoiseStream resumed_noise = noise;
            const auto second = m_goldens.scheduler(name);
            QVERIFY(second->restore(first->save_state()).has_value());
            Tensor resumed = sample.clone();
            for (int step = stopped_after; step < steps; ++step) {
                sample = first->step(m_goldens.output(step), std::size_t(step), sample, draws_of(noise));
                resumed = second->step(m_goldens.output(step), std::size_t(step), resumed, draws_of(resumed_noise));
                QVERIFY(resumed.equal(sample));
            }
        }
    }

    void aStepChangesNothingItWasGiven()
    {
        const auto scheduler = m_goldens.scheduler("dpm 5b, 50 steps");
        NoiseStream noise(kSeed);
        Tensor sample = m_goldens.tensors.at("noise").clone();
        for (int step = 0; step < 50; ++step) {
            const Tensor output = m_goldens.output(step).clone();
            const Tensor before = sample.clone();
            const SchedulerState shared = scheduler->save_state();
            const Tensor last = step > 0 ? shared.tensors.at("last_clean").clone() : Tensor();
            const Tensor next = scheduler->step(output, std::size_t(step), sample, draws_of(noise));
            QVERIFY(output.equal(m_goldens.output(step)));
            QVERIFY(sample.equal(before));
            if (step > 0) QVERIFY(shared.tensors.at("last_clean").equal(last));
            sample = next;
        }
    }

    void drawsOnceAtTheEndsAndTwiceBetween()
    {
        const auto scheduler = m_goldens.scheduler("dpm 7 steps");
        std::vector<int> draws(7);
        NoiseStream noise(kSeed);
        Tensor sample = m_goldens.tensors.at("noise");
        for (int step = 0; step < 7; ++step) {
            sample = scheduler->step(m_goldens.output(step), std::size_t(step), sample, [&](const Tensor& like) {
                ++draws[std::size_t(step)];
                return noise.normal(like.sizes().vec());
            });
        }
        // The seventh leads to timestep 0 and not below: 142 - 1000 / 7.
        QCOMPARE(draws, (std::vector<int>{1, 2, 2, 2, 2, 2, 2}));
    }

    void refusesStatesOfOtherSchedulers()
    {
        const auto scheduler = m_goldens.scheduler("dpm 7 steps");
        QVERIFY(!scheduler->restore({}).has_value());
        const auto without_sample = scheduler->restore({.tensors = {}, .numbers = {{"next_step", 3}}});
        QVERIFY(!without_sample.has_value());
        QVERIFY(QString::fromStdString(without_sample.error().message).contains("'last_clean'"));
        QVERIFY(!scheduler->restore({.tensors = {}, .numbers = {{"next_step", 8}}}).has_value());
        QVERIFY(scheduler->restore({.tensors = {}, .numbers = {{"next_step", 0}}}).has_value());
    }

    void refusesWithASentence_data()
    {
        QTest::addColumn<QString>("settings");
        QTest::addColumn<QString>("part");
        const auto row = [](const char* settings, const char* part) {
            QTest::newRow(part) << QString(settings) << QString(part);
        };
        row(R"(, "trained_betas": [0.1])", "'trained_betas'");
        row(R"(, "beta_schedule": "squaredcos_cap_v2")", "'beta_schedule'");
        row(R"(, "beta_end": 1.5)", "'beta_end'");
        row(R"(, "beta_start": 0.5)", "the end not below the start");
        row(R"(, "snr_shift_scale": 0)", "'snr_shift_scale'");
        row(R"(, "timestep_spacing": "karras")", "'timestep_spacing'");
        row(R"(, "prediction_type": "flow_prediction")", "'prediction_type'");
        row(R"(, "rescale_betas_zero_snr": true)", "leaves no signal");
        row(R"(, "steps_offset": -1)", "'steps_offset'");
        row(R"(, "num_train_timesteps": 10)", "20 steps are too many");
    }
    void refusesWithASentence()
    {
        QFETCH(QString, settings);
        QFETCH(QString, part);
        const auto message = QString::fromStdString(refusal(settings.toStdString()));
        QVERIFY2(message.contains(part), qPrintable(message));
        QVERIFY(message.contains("scheduler_config.json"));
    }
};

QTEST_APPLESS_MAIN(TestCogVideoXSchedulers)
#include "test_cogvideox_schedulers.moc"

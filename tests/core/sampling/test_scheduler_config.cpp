#include <QtTest>

#include <nlohmann/json.hpp>

#include "core/sampling/flow_match_euler.h"
#include "core/sampling/unipc.h"

using namespace headroom;
using namespace headroom::sampling;

class TestSchedulerConfig : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void missingKeysTakeTheReferencesDefaults()
    {
        const auto unipc = parse_unipc_config({{"use_flow_sigmas", true}}, "config");
        QVERIFY(unipc.has_value());
        QCOMPARE(unipc->solver_order, 2);
        QCOMPARE(unipc->flow_shift, 1.0);
        QCOMPARE(unipc->num_train_timesteps, std::int64_t(1000));
        QVERIFY(unipc->prediction_type == UniPcConfig::Prediction::Epsilon);
        QVERIFY(unipc->predict_x0 && unipc->lower_order_final && unipc->disable_corrector.empty());
        QVERIFY(unipc->solver_type == UniPcConfig::Solver::Bh2);
        QVERIFY(unipc->final_sigmas_type == UniPcConfig::FinalSigma::Zero);
        const auto euler = parse_flow_match_euler_config(nlohmann::json::object(), "config");
        QVERIFY(euler.has_value());
        QCOMPARE(euler->shift, 1.0);
        QCOMPARE(euler->shift_terminal, 0.0);
    }

    void toleratesUnknownKeysAndSwitchesThatAreOff()
    {
        QVERIFY(make_scheduler({{"_class_name", "UniPCMultistepScheduler"},
                                {"use_flow_sigmas", true},
                                {"prediction_type", "flow_prediction"},
                                {"use_karras_sigmas", false},
                                {"thresholding", nullptr},
                                {"shift_terminal", nullptr},
                                {"solver_p", nullptr},
                                {"a_key_of_tomorrow", {1, 2}}},
                               5)
                    .has_value());
    }

    void readsOtherSolversAsBh2()
    {
        const auto unipc = parse_unipc_config({{"use_flow_sigmas", true}, {"solver_type", "midpoint"}}, "config");
        QVERIFY(unipc.has_value() && unipc->solver_type == UniPcConfig::Solver::Bh2);
    }

    void refusesWithASentence_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("part");
        const auto row = [](const char* name, const char* json, const char* part) {
            QTest::newRow(name) << QString(json) << QString(part);
        };
        row("not an object", "[]", "'_class_name' is missing");
        row("no class", "{}", "'_class_name' is missing");
        row("class as a number", R"({"_class_name": 3})", "'_class_name' is missing");
        row("another class", R"({"_class_name": "DDIMScheduler"})",
            "UniPCMultistepScheduler, FlowMatchEulerDiscreteScheduler, CogVideoXDDIMScheduler and CogVideoXDPMScheduler");
        const auto unipc = [&](const char* name, const QString& settings, const char* part) {
            const QString json =
                R"({"_class_name": "UniPCMultistepScheduler", "use_flow_sigmas": true, "prediction_type": "flow_prediction")";
            QTest::newRow(name) << json + (settings.isEmpty() ? "}" : ", " + settings + "}") << QString(part);
        };
        row("unipc of a diffusion model", R"({"_class_name": "UniPCMultistepScheduler"})", "'use_flow_sigmas'");
        unipc("unipc karras", R"("use_karras_sigmas": true)", "'use_karras_sigmas'");
        unipc("unipc exponential", R"("use_exponential_sigmas": true)", "'use_exponential_sigmas'");
        unipc("unipc beta", R"("use_beta_sigmas": true)", "'use_beta_sigmas'");
        unipc("unipc dynamic shifting", R"("use_dynamic_shifting": true)", "'use_dynamic_shifting'");
        unipc("unipc thresholding", R"("thresholding": true)", "'thresholding'");
        unipc("unipc other predictor", R"("solver_p": ["diffusers", "DDIMScheduler"])", "'solver_p'");
        unipc("unipc order 4", R"("solver_order": 4)", "'solver_order'");
        unipc("unipc order 0", R"("solver_order": 0)", "'solver_order'");
        unipc("unipc noise of flow", R"("predict_x0": false)", "'predict_x0'");
        unipc("unipc unknown solver", R"("solver_type": "bh3")", "'solver_type'");
        unipc("unipc unknown final", R"("final_sigmas_type": "one")", "'final_sigmas_type'");
        unipc("unipc shift 0", R"("flow_shift": 0)", "'flow_shift'");
        unipc("unipc shift as text", R"("flow_shift": "3")", "'flow_shift'");
        unipc("unipc no timesteps", R"("num_train_timesteps": 0)", "'num_train_timesteps'");
        unipc("unipc corrector as a number", R"("disable_corrector": 1)", "'disable_corrector'");
        unipc("unipc terminal 1", R"("shift_terminal": 1.0)", "'shift_terminal'");
        const auto euler = [&](const char* name, const QString& settings, const char* part) {
            QTest::newRow(name) << R"({"_class_name": "FlowMatchEulerDiscreteScheduler", )" + settings + "}" << QString(part);
        };
        euler("euler dynamic shifting", R"("use_dynamic_shifting": true)", "'use_dynamic_shifting'");
        euler("euler stochastic", R"("stochastic_sampling": true)", "'stochastic_sampling'");
        euler("euler beta", R"("use_beta_sigmas": true)", "'use_beta_sigmas'");
        euler("euler two spacings", R"("use_karras_sigmas": true, "use_exponential_sigmas": true)", "only one");
        euler("euler negative shift", R"("shift": -1)", "'shift'");
        euler("euler negative terminal", R"("shift_terminal": -0.1)", "'shift_terminal'");
        euler("euler switch as text", R"("use_dynamic_shifting": "no")", "true or false");
    }
    void refusesWithASentence()
    {
        QFETCH(QString, json);
        QFETCH(QString, part);
        const auto refused = make_scheduler(nlohmann::json::parse(json.toStdString()), 10);
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::BadModel);
        const QString message = QString::fromStdString(refused.error().message);
        QVERIFY2(message.startsWith("scheduler/scheduler_config.json"), qPrintable(message));
        QVERIFY2(message.contains(part), qPrintable(message));
    }

    void refusesNumbersOfStepsThatAreNone()
    {
        const nlohmann::json euler{{"_class_name", "FlowMatchEulerDiscreteScheduler"}};
        const nlohmann::json terminal{{"_class_name", "FlowMatchEulerDiscreteScheduler"}, {"shift_terminal", 0.1}};
        for (const auto& refused : {make_scheduler(euler, 0), make_scheduler(euler, -3), make_scheduler(euler, 1'000'000),
                                    make_scheduler(terminal, 1)}) {
            QVERIFY(!refused.has_value());
            QCOMPARE(refused.error().code, ErrorCode::Usage);
        }
    }
};

QTEST_APPLESS_MAIN(TestSchedulerConfig)
#include "test_scheduler_config.moc"

#include <QtTest>

#include <limits>

#include <map>

#include <nlohmann/json.hpp>

#include "core/engine/clip_settings.h"
#include "core/engine/model_info.h"
#include "core/engine/run_report.h"

using namespace headroom;

class TestEngineValues : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsTheNearestLegalNumber_data()
    {
        QTest::addColumn<int>("value");
        QTest::addColumn<int>("nearest");
        QTest::newRow("legal") << 81 << 81;
        QTest::newRow("nearer below") << 82 << 81;
        QTest::newRow("equally near takes the smaller") << 83 << 81;
        QTest::newRow("nearer above") << 84 << 85;
        QTest::newRow("below the least") << -7 << 1;
        QTest::newRow("above the most") << 100000 << 4093;
        QTest::newRow("the largest there is") << std::numeric_limits<int>::max() << 4093;
        QTest::newRow("the smallest there is") << std::numeric_limits<int>::min() << 1;
    }
    void findsTheNearestLegalNumber()
    {
        QFETCH(int, value);
        QFETCH(int, nearest);
        const NumberRule rule{.minimum = 1, .maximum = 4093, .step = 4, .offset = 1};
        QCOMPARE(rule.nearest(value), nearest);
        QVERIFY(rule.allows(nearest));
    }

    void staysWithinWhatAnIntHolds()
    {
        const int most = std::numeric_limits<int>::max();
        const NumberRule rule{.minimum = 1, .maximum = most, .step = 4, .offset = 1};
        QCOMPARE(rule.nearest(most), most - 2);
        QCOMPARE(rule.nearest(-most), 1);
    }

    void takesASecondKindOfNumber()
    {
        const NumberRule rule{.minimum = 1, .maximum = 25, .step = 8, .offset = 1, .second_offset = 0};
        QVERIFY(rule.all() == (std::vector<int>{1, 8, 9, 16, 17, 24, 25}));
        for (const auto& [value, nearest] :
             std::map<int, int>{{-3, 1}, {0, 1}, {4, 1}, {5, 8}, {8, 8}, {9, 9}, {12, 9}, {13, 16}, {20, 17}, {99, 25}}) {
            QCOMPARE(rule.nearest(value), nearest);
        }
        QCOMPARE(rule.largest_up_to(15), 9);
        QCOMPARE(rule.largest_up_to(0), 1);
        QCOMPARE(rule.words(), std::string("8k or 8k+1"));
        QCOMPARE(NumberRule({.minimum = 16, .maximum = 64, .step = 16, .offset = 0}).words(), std::string("16k"));
        QCOMPARE(NumberRule({.minimum = 5, .maximum = 64, .step = 4, .offset = 5}).words(), std::string("4k+1"));
        QVERIFY(NumberRule({.minimum = 5, .maximum = 14, .step = 4, .offset = 5}).all() == (std::vector<int>{5, 9, 13}));
    }

    void leavesThePromptsOutWhenTheClipIsNotToCarryThem()
    {
        ClipSettings settings;
        settings.request.prompt = "a secret";
        settings.request.negative_prompt = "another";
        settings.request.seed = 7;
        settings.request.output.store_prompt = false;
        const std::string json = to_json(settings);
        QVERIFY(json.find("secret") == std::string::npos && json.find("another") == std::string::npos);
        const auto back = parse_clip_settings(json);
        QVERIFY(back.has_value());
        QCOMPARE(back->request.seed, 7u);
        QVERIFY(back->request.prompt.empty());
    }

    void bringsClipSettingsBack()
    {
        ClipSettings settings;
        settings.model_name = "Demo model";
        settings.request.model_dir = "/models/a folder";
        settings.request.prompt = "a \"red\" circle\nmoving right 🟥";
        settings.request.negative_prompt = "blur";
        settings.request.width = 96;
        settings.request.height = 64;
        settings.request.frames = 25;
        settings.request.fps = 16;
        settings.request.steps = 20;
        settings.request.guidance = 4.5;
        settings.request.seed = 18446744073709551615ULL;

        const auto back = parse_clip_settings(to_json(settings));
        QVERIFY(back.has_value());
        QCOMPARE(back->model_name, settings.model_name);
        QCOMPARE(back->request.model_dir, settings.request.model_dir);
        QCOMPARE(back->request.prompt, settings.request.prompt);
        QCOMPARE(back->request.negative_prompt, settings.request.negative_prompt);
        QCOMPARE(back->request.width, settings.request.width);
        QCOMPARE(back->request.height, settings.request.height);
        QCOMPARE(back->request.frames, settings.request.frames);
        QCOMPARE(back->request.fps, settings.request.fps);
        QCOMPARE(back->request.steps, settings.request.steps);
        QCOMPARE(back->request.guidance, settings.request.guidance);
        QCOMPARE(back->request.seed, settings.request.seed);
    }

    void refusesForeignSettings_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("not JSON") << QByteArray("{");
        QTest::newRow("a list") << QByteArray("[1]");
        QTest::newRow("another program's") << QByteArray("{\"prompt\":\"x\"}");
        QTest::newRow("wrong type") << QByteArray("{\"headroom\":1,\"width\":\"wide\"}");
        QTest::newRow("too long") << QByteArray("{\"headroom\":1,\"prompt\":\"").append(QByteArray(100000, 'a')).append("\"}");
    }
    void refusesForeignSettings()
    {
        QFETCH(QByteArray, json);
        const auto parsed = parse_clip_settings(json.toStdString());
        QVERIFY(!parsed.has_value());
        QCOMPARE(parsed.error().code, ErrorCode::BadInput);
    }

    void reportHasTheContractsKeys()
    {
        RunReport report;
        report.plan.device = "cpu";
        report.plan.stages = {{.stage = Stage::Decode, .component = "vae"}};
        report.stages = {{.stage = Stage::Decode, .seconds = 1, .measured_peak_bytes = 42}};
        report.outputs = {"clip.mp4"};
        const auto json = nlohmann::json::parse(to_json(report));
        for (const char* key : {"device", "dtype", "budget_bytes", "plan", "stages", "peak_bytes", "seconds_total",
                                "seconds_to_first_frame", "frames", "output"}) {
            QVERIFY2(json.contains(key), key);
        }
        for (const char* key : {"name", "seconds", "predicted_peak_bytes", "measured_peak_bytes"})
            QVERIFY2(json["stages"][0].contains(key), key);
        QCOMPARE(json["stages"][0]["measured_peak_bytes"].get<int>(), 42);
        QCOMPARE(json["output"].get<std::string>(), std::string("clip.mp4"));
    }
};

QTEST_APPLESS_MAIN(TestEngineValues)
#include "test_engine_values.moc"

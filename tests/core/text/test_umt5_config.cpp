#include <QtTest>

#include "core/text/umt5_config.h"

using namespace headroom;
using namespace headroom::text;

class TestUmt5Config : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTheTinyFolder()
    {
        const auto config = read_umt5_config(HEADROOM_GOLDENS_DIR "/tiny_wan/text_encoder/config.json");
        QVERIFY(config.has_value());
        QCOMPARE(config->vocab_size, 161);
        QCOMPARE(config->d_model, 32);
        QCOMPARE(config->d_kv, 8);
        QCOMPARE(config->d_ff, 64);
        QCOMPARE(config->num_layers, 2);
        QCOMPARE(config->num_heads, 4);
        QCOMPARE(config->layer_norm_epsilon, 1e-6);
        QVERIFY(config->feed_forward_proj == Umt5Config::FeedForward::GatedGelu);
    }

    void defaultsMissingAndNullKeys()
    {
        const auto config = parse_umt5_config(R"({"d_ff": null, "some_new_key": [1]})", "config.json");
        QVERIFY(config.has_value());
        QCOMPARE(config->vocab_size, 250112);
        QCOMPARE(config->d_model, 512);
        QCOMPARE(config->d_ff, 1024);
        QCOMPARE(config->num_heads, 6);
        QCOMPARE(config->relative_attention_max_distance, 128);
    }

    void readsRelu()
    {
        const auto config = parse_umt5_config(R"({"feed_forward_proj": "relu"})", "config.json");
        QVERIFY(config.has_value());
        QVERIFY(config->feed_forward_proj == Umt5Config::FeedForward::Relu);
    }

    void refusesWhatNoModelHas_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("part_of_message");
        QTest::newRow("empty file") << ""
                                    << "not a JSON object";
        QTest::newRow("cut off") << "{\"d_model\": 4"
                                 << "not a JSON object";
        QTest::newRow("a list") << "[]"
                                << "not a JSON object";
        QTest::newRow("T5") << R"({"model_type": "t5"})"
                            << "expected \"umt5\"";
        QTest::newRow("model_type no string") << R"({"model_type": 5})"
                                              << "\"model_type\" is not a string";
        QTest::newRow("gated-silu") << R"({"feed_forward_proj": "gated-silu"})"
                                    << "\"gated-silu\", which is not supported";
        QTest::newRow("no layers") << R"({"num_layers": 0})"
                                   << "\"num_layers\" is 0";
        QTest::newRow("negative heads") << R"({"num_heads": -4})"
                                        << "\"num_heads\" is -4";
        QTest::newRow("fractional") << R"({"d_kv": 8.5})"
                                    << "\"d_kv\" is 8.5";
        QTest::newRow("huge") << R"({"d_model": 99999999999})"
                              << "\"d_model\" is 99999999999";
        QTest::newRow("beyond 64 bits") << R"({"d_model": 18446744073709551615})"
                                        << "\"d_model\" is 18446744073709551615";
        QTest::newRow("text for a number") << R"({"d_model": "32"})"
                                           << "\"d_model\" is \"32\"";
        QTest::newRow("too many layers") << R"({"num_layers": 100000})"
                                         << "more than 1000";
        QTest::newRow("odd buckets") << R"({"relative_attention_num_buckets": 30})"
                                     << "30 relative attention buckets";
        QTest::newRow("short maximum distance") << R"({"relative_attention_max_distance": 8})"
                                                << "up to distance 8";
        QTest::newRow("zero epsilon") << R"({"layer_norm_epsilon": 0})"
                                      << "\"layer_norm_epsilon\" is 0";
        QTest::newRow("epsilon no number") << R"({"layer_norm_epsilon": "1e-6"})"
                                           << "\"layer_norm_epsilon\" is \"1e-6\"";
    }
    void refusesWhatNoModelHas()
    {
        QFETCH(QString, json);
        QFETCH(QString, part_of_message);
        const auto config = parse_umt5_config(json.toStdString(), "some/text_encoder/config.json");
        QVERIFY(!config.has_value());
        QCOMPARE(config.error().code, ErrorCode::BadModel);
        const QString message = QString::fromStdString(config.error().message);
        QVERIFY2(message.contains(part_of_message), qPrintable(message));
        QVERIFY(message.contains("some/text_encoder/config.json"));
    }

    void namesAMissingFile()
    {
        const auto config = read_umt5_config("/no/such/config.json");
        QVERIFY(!config.has_value());
        QVERIFY(QString::fromStdString(config.error().message).contains("/no/such/config.json"));
    }
};

QTEST_APPLESS_MAIN(TestUmt5Config)
#include "test_umt5_config.moc"

#include <QtTest>

#include <nlohmann/json.hpp>

#include "core/models/wan/transformer_config.h"

using namespace headroom;
using namespace headroom::models::wan;

class TestTransformerConfig : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void missingKeysTakeTheReferencesDefaults()
    {
        const auto config = parse_transformer_config(nlohmann::json::object(), "config.json");
        QVERIFY(config.has_value());
        QCOMPARE(config->inner_dim(), std::int64_t(5120));
        QCOMPARE(config->num_layers, std::int64_t(40));
        QCOMPARE(config->ffn_dim, std::int64_t(13824));
        QCOMPARE(config->patch_volume(), std::int64_t(64));
        QVERIFY(config->cross_attn_norm);
        QCOMPARE(config->eps, 1e-6);
        QCOMPARE(config->rope_max_seq_len, std::int64_t(1024));
    }

    void readsThePublishedSmallModel()
    {
        const auto config = parse_transformer_config(nlohmann::json::parse(R"({
            "_class_name": "WanTransformer3DModel", "_diffusers_version": "0.33.0.dev0", "added_kv_proj_dim": null,
            "attention_head_dim": 128, "cross_attn_norm": true, "eps": 1e-06, "ffn_dim": 8960, "freq_dim": 256, "image_dim": null,
            "in_channels": 16, "num_attention_heads": 12, "num_layers": 30, "out_channels": 16, "patch_size": [1, 2, 2],
            "qk_norm": "rms_norm_across_heads", "rope_max_seq_len": 1024, "text_dim": 4096, "a_key_of_tomorrow": [1]})"),
                                                     "config.json");
        QVERIFY(config.has_value());
        QCOMPARE(config->inner_dim(), std::int64_t(1536));
        QCOMPARE(config->num_layers, std::int64_t(30));
    }

    void nullOutChannelsMeanTheSameAsIn()
    {
        QVERIFY(parse_transformer_config({{"in_channels", 48}, {"out_channels", nullptr}}, "config.json").has_value());
    }

    void refusesWithASentence_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("part");
        const auto row = [](const char* name, const char* json, const char* part) {
            QTest::newRow(name) << QString(json) << QString(part);
        };
        row("not an object", "[1]", "not a JSON object");
        row("another class", R"({"_class_name": "HunyuanVideoTransformer3DModel"})", "HunyuanVideoTransformer3DModel");
        row("image embedding", R"({"image_dim": 1280})", "image-to-video");
        row("image keys", R"({"added_kv_proj_dim": 5120})", "'added_kv_proj_dim'");
        row("first and last frame", R"({"pos_embed_seq_len": 514})", "'pos_embed_seq_len'");
        row("more channels in than out", R"({"in_channels": 36, "out_channels": 16})", "in_channels is 36");
        row("in channels against the default out", R"({"in_channels": 36})", "'out_channels' is 16");
        row("other norm", R"({"qk_norm": "layer_norm"})", "rms_norm_across_heads");
        row("odd head", R"({"attention_head_dim": 127})", "must be even");
        row("no heads", R"({"num_attention_heads": 0})", "'num_attention_heads' must be a whole number");
        row("heads as text", R"({"num_attention_heads": "12"})", "but is \"12\"");
        row("heads as a fraction", R"({"num_attention_heads": 1.5})", "1.5");
        row("null layers", R"({"num_layers": null})", "null");
        row("absurd layers", R"({"num_layers": 1e9})", "'num_layers'");
        row("more than 64 bits", R"({"ffn_dim": 18446744073709551615})", "'ffn_dim'");
        row("negative text width", R"({"text_dim": -4096})", "-4096");
        row("two patch sizes", R"({"patch_size": [2, 2]})", "3 numbers");
        row("patch of zero", R"({"patch_size": [1, 0, 2]})", "'patch_size'");
        row("patch as a number", R"({"patch_size": 2})", "a list");
        row("zero eps", R"({"eps": 0})", "above 0");
        row("eps as text", R"({"eps": "small"})", "'eps' must be a number");
        row("norm as a number", R"({"cross_attn_norm": 1})", "true or false");
    }
    void refusesWithASentence()
    {
        QFETCH(QString, json);
        QFETCH(QString, part);
        const auto refused = parse_transformer_config(nlohmann::json::parse(json.toStdString()), "transformer/config.json");
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::BadModel);
        const QString message = QString::fromStdString(refused.error().message);
        QVERIFY2(message.startsWith("transformer/config.json"), qPrintable(message));
        QVERIFY2(message.contains(part), qPrintable(message));
    }
};

QTEST_APPLESS_MAIN(TestTransformerConfig)
#include "test_transformer_config.moc"

#include <QtTest>

#include <nlohmann/json.hpp>

#include "core/models/hunyuan_video/transformer_config.h"

using namespace headroom;
using namespace headroom::models::hunyuan_video;

class TestTransformerConfig : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void missingKeysTakeTheReferencesDefaults()
    {
        const auto config = parse_transformer_config(nlohmann::json::object(), "config.json");
        QVERIFY(config.has_value());
        QCOMPARE(config->inner_dim(), std::int64_t(3072));
        QCOMPARE(config->mlp_dim(), std::int64_t(12288));
        QCOMPARE(config->num_layers, std::int64_t(20));
        QCOMPARE(config->num_single_layers, std::int64_t(40));
        QCOMPARE(config->num_refiner_layers, std::int64_t(2));
        QCOMPARE(config->patch_volume(), std::int64_t(64));
        QVERIFY(config->guidance_embeds);
        QCOMPARE(config->text_embed_dim, std::int64_t(4096));
        QCOMPARE(config->pooled_projection_dim, std::int64_t(768));
        QCOMPARE(config->rope_theta, 256.0);
        QVERIFY((config->rope_axes_dim == std::array<std::int64_t, 3>{16, 56, 56}));
    }

    void readsEveryKey()
    {
        const auto config = parse_transformer_config(nlohmann::json::parse(R"({
            "_class_name": "HunyuanVideoTransformer3DModel", "_diffusers_version": "0.32.0.dev0", "attention_head_dim": 12,
            "guidance_embeds": false, "image_condition_type": null, "in_channels": 8, "mlp_ratio": 2.5, "num_attention_heads": 3,
            "num_layers": 4, "num_refiner_layers": 5, "num_single_layers": 6, "out_channels": null, "patch_size": 1, "patch_size_t": 2,
            "pooled_projection_dim": 7, "qk_norm": "rms_norm", "rope_axes_dim": [2, 4, 6], "rope_theta": 100.0, "text_embed_dim": 9,
            "a_key_of_tomorrow": {}})"),
                                                     "config.json");
        QVERIFY(config.has_value());
        QCOMPARE(config->inner_dim(), std::int64_t(36));
        QCOMPARE(config->mlp_dim(), std::int64_t(90));
        QCOMPARE(config->num_layers, std::int64_t(4));
        QCOMPARE(config->num_refiner_layers, std::int64_t(5));
        QCOMPARE(config->num_single_layers, std::int64_t(6));
        QCOMPARE(config->patch_volume(), std::int64_t(16));
        QVERIFY(!config->guidance_embeds);
        QCOMPARE(config->text_embed_dim, std::int64_t(9));
        QCOMPARE(config->pooled_projection_dim, std::int64_t(7));
        QCOMPARE(config->rope_theta, 100.0);
        QVERIFY((config->rope_axes_dim == std::array<std::int64_t, 3>{2, 4, 6}));
    }

    void refusesWithASentence_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("part");
        const auto row = [](const char* name, const char* json, const char* part) {
            QTest::newRow(name) << QString(json) << QString(part);
        };
        row("a list", "[]", "");
        row("another class", R"({"_class_name": "HunyuanVideo15Transformer3DModel"})", "HunyuanVideo15Transformer3DModel");
        row("first frame given", R"({"image_condition_type": "token_replace"})", "image-to-video");
        row("image beside the latents", R"({"in_channels": 33})", "'out_channels' is 16");
        row("other norm", R"({"qk_norm": "layer_norm"})", "rms_norm");
        row("axes of another head", R"({"attention_head_dim": 64})", "adds up to 128 channels, but attention_head_dim is 64");
        row("two axes", R"({"rope_axes_dim": [64, 64]})", "3 even numbers");
        row("odd axes", R"({"rope_axes_dim": [15, 57, 56]})", "3 even numbers");
        row("no heads", R"({"num_attention_heads": 0})", "'num_attention_heads' must be a whole number");
        row("absurd layers", R"({"num_layers": 1e9})", "'num_layers'");
        row("null single layers", R"({"num_single_layers": null})", "null");
        row("negative text width", R"({"text_embed_dim": -4096})", "-4096");
        row("patch as a list", R"({"patch_size": [1, 2, 2]})", "'patch_size'");
        row("zero theta", R"({"rope_theta": 0})", "above 0");
        row("no feed-forward", R"({"mlp_ratio": 1e-9})", "'mlp_ratio'");
        row("absurd feed-forward", R"({"mlp_ratio": 1e300})", "'mlp_ratio'");
        row("guidance as a number", R"({"guidance_embeds": 1})", "true or false");
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

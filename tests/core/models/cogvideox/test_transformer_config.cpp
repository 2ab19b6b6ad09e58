#include <QtTest>

#include <nlohmann/json.hpp>

#include "core/models/cogvideox/positions.h"
#include "core/models/cogvideox/transformer_config.h"

using namespace headroom;
using namespace headroom::models::cogvideox;

class TestCogVideoXTransformerConfig : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void missingKeysTakeTheReferencesDefaults()
    {
        const auto config = parse_transformer_config(nlohmann::json::object(), "config.json");
        QVERIFY(config.has_value());
        QCOMPARE(config->inner_dim(), std::int64_t(1920));
        QCOMPARE(config->num_layers, std::int64_t(30));
        QCOMPARE(config->patch_volume(), std::int64_t(64));
        QCOMPARE(config->patch_frames(), std::int64_t(1));
        QCOMPARE(config->max_text_seq_length, std::int64_t(226));
        QCOMPARE(config->norm_eps, 1e-5);
        QVERIFY(config->positions == TransformerConfig::Positions::Sines);
        QVERIFY(config->attention_bias && config->patch_bias);
    }

    void nullsMeanAbsent()
    {
        const auto config = parse_transformer_config(
            {{"patch_size_t", nullptr}, {"ofs_embed_dim", nullptr}, {"in_channels", 8}, {"out_channels", nullptr}},
            "config.json");
        QVERIFY(config.has_value());
        QCOMPARE(config->patch_size_t, std::int64_t(0));
    }

    void refusesWithASentence_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("part");
        const auto row = [](const char* name, const char* json, const char* part) {
            QTest::newRow(name) << QString(json) << QString(part);
        };
        row("not an object", "[1]", "not a JSON object");
        row("another class", R"({"_class_name": "WanTransformer3DModel"})", "WanTransformer3DModel");
        row("image to video", R"({"in_channels": 32})", "in_channels is 32");
        row("offset embedding", R"({"ofs_embed_dim": 512})", "'ofs_embed_dim'");
        row("learned positions", R"({"use_rotary_positional_embeddings": true, "use_learned_positional_embeddings": true})",
            "'use_learned_positional_embeddings'");
        row("other activation", R"({"activation_fn": "geglu"})", "'activation_fn'");
        row("other time activation", R"({"timestep_activation_fn": "gelu"})", "'timestep_activation_fn'");
        row("norms without weights", R"({"norm_elementwise_affine": false})", "'norm_elementwise_affine'");
        row("shifted frequencies", R"({"freq_shift": 1})", "'freq_shift'");
        row("heads that can't be split", R"({"attention_head_dim": 24, "use_rotary_positional_embeddings": true})",
            "multiple of 16");
        row("width that can't be split", R"({"attention_head_dim": 4})", "multiple of 16");
        row("patch beyond the picture", R"({"patch_size": 8, "sample_height": 4})", "'patch_size'");
        row("no layers", R"({"num_layers": 0})", "'num_layers'");
        row("layers as text", R"({"num_layers": "many"})", "'num_layers'");
        row("frames in a patch", R"({"patch_size_t": 0})", "'patch_size_t'");
        row("sines of several frames", R"({"patch_size_t": 2})", "'patch_size_t' is 2");
        row("no epsilon", R"({"norm_eps": 0})", "'norm_eps'");
    }
    void refusesWithASentence()
    {
        QFETCH(QString, json);
        QFETCH(QString, part);
        const auto config = parse_transformer_config(nlohmann::json::parse(json.toStdString()), "transformer/config.json");
        QVERIFY(!config.has_value());
        QCOMPARE(config.error().code, ErrorCode::BadModel);
        const auto message = QString::fromStdString(config.error().message);
        QVERIFY2(message.contains(part) && message.contains("transformer/config.json"), qPrintable(message));
    }

    /// Of a base grid of 30 × 45: values of get_resize_crop_region_for_grid.
    void cropsAreTheReferences_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("columns");
        QTest::addColumn<QList<int>>("region");  // top, bottom, left, right
        QTest::newRow("30 x 45") << 30 << 45 << QList<int>{0, 30, 0, 45};
        QTest::newRow("45 x 30") << 45 << 30 << QList<int>{0, 30, 12, 32};
        QTest::newRow("30 x 80") << 30 << 80 << QList<int>{6, 23, 0, 45};
        QTest::newRow("1 x 1") << 1 << 1 << QList<int>{0, 30, 8, 38};
        QTest::newRow("17 x 45") << 17 << 45 << QList<int>{6, 23, 0, 45};
        QTest::newRow("31 x 45") << 31 << 45 << QList<int>{0, 30, 0, 44};
        QTest::newRow("7 x 9") << 7 << 9 << QList<int>{0, 30, 3, 42};
        QTest::newRow("64 x 3") << 64 << 3 << QList<int>{0, 30, 22, 23};
        QTest::newRow("3 x 64") << 3 << 64 << QList<int>{14, 16, 0, 45};
    }
    void cropsAreTheReferences()
    {
        QFETCH(int, rows);
        QFETCH(int, columns);
        QFETCH(QList<int>, region);
        const CropRegion crop = crop_region({1, rows, columns}, 30, 45);
        QCOMPARE((QList<int>{int(crop.rows[0]), int(crop.rows[1]), int(crop.columns[0]), int(crop.columns[1])}), region);
    }
};

QTEST_APPLESS_MAIN(TestCogVideoXTransformerConfig)
#include "test_transformer_config.moc"

#include <QtTest>

#include <fstream>

#include <nlohmann/json.hpp>

#include "core/models/wan/vae_config.h"

using namespace headroom;
using namespace headroom::models::wan;
using nlohmann::json;

class TestWanVaeConfig : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void missingKeysTakeTheDefaultsOfDiffusers()
    {
        const auto config = parse_vae_config(json::object(), "vae/config.json");
        QVERIFY(config.has_value());
        QCOMPARE(config->base_dim, 96);
        QCOMPARE(config->decoder_dim(), 96);
        QCOMPARE(config->z_dim, 16);
        QVERIFY(config->dim_mult == (std::vector<std::int64_t>{1, 2, 4, 4}));
        QCOMPARE(config->num_res_blocks, 2);
        QVERIFY(config->temperal_downsample == (std::vector<bool>{false, true, true}));
        QCOMPARE(config->latents_mean.front(), -0.7571);
        QCOMPARE(config->latents_std.back(), 1.9160);
        QCOMPARE(config->scale_factor_spatial, 8);
        QCOMPARE(config->scale_factor_temporal, 4);
    }

    void readsThePublishedForm()
    {
        std::ifstream stream(HEADROOM_GOLDENS_DIR "/tiny_wan/vae/config.json");
        const auto config = parse_vae_config(json::parse(stream), "vae/config.json");
        QVERIFY(config.has_value());
        QCOMPARE(config->base_dim, 4);
        QCOMPARE(config->num_res_blocks, 1);
        QVERIFY(!config->decoder_base_dim.has_value());
    }

    void readsTheResidualForm()
    {
        std::ifstream stream(HEADROOM_GOLDENS_DIR "/tiny_wan22_ti2v/vae/config.json");
        const auto config = parse_vae_config(json::parse(stream), "vae/config.json");
        QVERIFY2(config.has_value(), config ? "" : config.error().message.c_str());
        QVERIFY(config->is_residual);
        QCOMPARE(config->patch_edge(), 2);
        QCOMPARE(config->out_channels, 12);
        QCOMPARE(config->scale_factor_spatial, 16);
        QCOMPARE(config->decoder_dim(), 4);
        QCOMPARE(config->latents_mean.size(), std::size_t(48));
    }

    void toleratesUnknownKeysAndNulls()
    {
        const json given{{"_diffusers_version", "0.99"},
                         {"new_key", {1, 2}},
                         {"patch_size", nullptr},
                         {"decoder_base_dim", 8},
                         {"scale_factor_spatial", nullptr}};
        const auto config = parse_vae_config(given, "vae/config.json");
        QVERIFY(config.has_value());
        QCOMPARE(config->decoder_dim(), 8);
    }

    void theFirstLatentStandsForOneFrame()
    {
        const VaeConfig config;
        QCOMPARE(config.pixel_frames(0), 0);
        QCOMPARE(config.pixel_frames(1), 1);
        QCOMPARE(config.pixel_frames(21), 81);
    }

    void refusesInOneSentence_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const char* text, const char* says) {
            QTest::newRow(name) << QByteArray(text) << says;
        };
        row("another class", R"({"_class_name": "AutoencoderKLHunyuanVideo"})", "AutoencoderKLWan");
        row("not an object", "[1]", "not a JSON object");
        row("patches of three colours", R"({"patch_size": 2})", "which need 12 with patches of 2 pixels");
        row("patches that the scale leaves out", R"({"patch_size": 2, "in_channels": 12, "out_channels": 12})",
            "'scale_factor_spatial' is 8");
        row("a patch of nothing", R"({"patch_size": 0})", "'patch_size' must be");
        row("a shortcut to three times the channels", R"({"is_residual": true, "dim_mult": [1, 3, 3, 3]})",
            "level 1 of the encoder has 3 times");
        row("a shortcut from three times the channels", R"({"is_residual": true, "dim_mult": [4, 8, 8, 3]})",
            "level of the decoder turns 288 channels");
        row("statistics of another width", R"({"z_dim": 8})", "'latents_mean' has 16 numbers, but z_dim is 8");
        row("a std too few", R"({"z_dim": 1, "latents_mean": [0], "latents_std": []})", "'latents_std' has 0 numbers");
        row("a std of zero", R"({"z_dim": 1, "latents_mean": [0], "latents_std": [0]})",
            "'latents_std' must have numbers above 0");
        row("statistics of words", R"({"latents_mean": ["a"]})", "'latents_mean' must be a list of numbers");
        row("levels without steps", R"({"dim_mult": [1, 2]})", "'temperal_downsample' has 3 values, but dim_mult has 2 levels");
        row("no levels", R"({"dim_mult": [], "temperal_downsample": []})", "'dim_mult' must have 1 to 8 numbers");
        row("steps of numbers", R"({"temperal_downsample": [0, 1, 1]})",
            "'temperal_downsample' must be a list of true and false");
        row("another spatial scale", R"({"scale_factor_spatial": 16})", "'scale_factor_spatial' is 16");
        row("another temporal scale", R"({"temperal_downsample": [false, false, true]})", "'scale_factor_temporal' is 4");
        row("too narrow to be halved", R"({"base_dim": 1, "dim_mult": [1, 1, 1, 1]})", "too few to be halved");
        row("absurd width", R"({"base_dim": 65536})", "at most 65536");
        row("negative width", R"({"base_dim": -4})", "'base_dim' must be");
        row("four colours", R"({"out_channels": 12})", "3 colour channels");
        row("a word for a number", R"({"num_res_blocks": "two"})", "'num_res_blocks' must be");
    }
    void refusesInOneSentence()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        const auto config = parse_vae_config(json::parse(text.toStdString()), "vae/config.json");
        QVERIFY(!config.has_value());
        QCOMPARE(config.error().code, ErrorCode::BadModel);
        const QString message = QString::fromStdString(config.error().message);
        QVERIFY2(message.contains(says), qPrintable(message));
        QVERIFY2(message.contains("vae/config.json"), qPrintable(message));
    }
};

QTEST_APPLESS_MAIN(TestWanVaeConfig)
#include "test_vae_config.moc"

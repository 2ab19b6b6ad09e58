#include <QtTest>

#include <nlohmann/json.hpp>

#include "core/models/cogvideox/vae_config.h"

using namespace headroom;
using namespace headroom::models::cogvideox;

class TestCogVideoXVaeConfig : public QObject {
    Q_OBJECT

    static nlohmann::json config_with(const QString& changes)
    {
        nlohmann::json config = {{"_class_name", "AutoencoderKLCogVideoX"}};
        config.update(nlohmann::json::parse(changes.toStdString()));
        return config;
    }

private Q_SLOTS:
    void missingKeysAreThoseOfThePublishedAutoencoder()
    {
        const auto config = parse_vae_config(config_with(R"({"scaling_factor": 0.7, "an_unknown_key": 1})"), "config.json");
        QVERIFY(config.has_value());
        QCOMPARE(config->block_out_channels, (std::vector<std::int64_t>{128, 256, 256, 512}));
        QCOMPARE(config->latent_channels, std::int64_t(16));
        QCOMPARE(config->layers_per_block, std::int64_t(3));
        QCOMPARE(config->norm_num_groups, std::int64_t(32));
        QCOMPARE(config->scaling_factor, 0.7);
        QCOMPARE(config->spatial_scale(), std::int64_t(8));
        QVERIFY(config->step_changes_frames(0) && config->step_changes_frames(1) && !config->step_changes_frames(2));
    }

    void framesAndLatentsFollowTheBatches_data()
    {
        QTest::addColumn<int>("latents");
        QTest::addColumn<int>("pixels");
        for (const auto& [latents, pixels] : {std::pair(1, 1), std::pair(2, 8), std::pair(3, 9), std::pair(4, 16),
                                              std::pair(13, 49), std::pair(21, 81), std::pair(22, 88)}) {
            QTest::addRow("%d latents", latents) << latents << pixels;
        }
    }
    void framesAndLatentsFollowTheBatches()
    {
        QFETCH(int, latents);
        QFETCH(int, pixels);
        const VaeConfig config;
        QCOMPARE(config.pixel_frames(latents), std::int64_t(pixels));
        QCOMPARE(config.latent_frames(pixels), std::int64_t(latents));
        QCOMPARE(VaeConfig::first_latents(latents) % 2, std::int64_t(latents % 2));
    }

    void refusesWhatCantBeComputed_data()
    {
        QTest::addColumn<QString>("changes");
        QTest::addColumn<QString>("says");
        QTest::newRow("another class") << R"({"_class_name": "AutoencoderKLWan"})"
                                       << "AutoencoderKLCogVideoX";
        QTest::newRow("groups") << R"({"norm_num_groups": 48})"
                                << "128 channels can't be divided into the 48 groups";
        QTest::newRow("no levels") << R"({"block_out_channels": []})"
                                   << "must have 1 to 8 numbers";
        QTest::newRow("ratio no power") << R"({"temporal_compression_ratio": 3})"
                                        << "must be a power of 2";
        QTest::newRow("ratio beyond the levels") << R"({"temporal_compression_ratio": 16})"
                                                 << "8 at most";
        QTest::newRow("broken ratio") << R"({"temporal_compression_ratio": 2.5})"
                                      << "must be a power of 2";
        QTest::newRow("activation") << R"({"act_fn": "gelu"})"
                                    << "'act_fn'";
        QTest::newRow("quant_conv") << R"({"use_post_quant_conv": true})"
                                    << "'use_post_quant_conv' is true";
        QTest::newRow("grey pictures") << R"({"out_channels": 1})"
                                       << "3 colour channels";
        QTest::newRow("scale") << R"({"scaling_factor": 0})"
                               << "'scaling_factor'";
        QTest::newRow("blocks") << R"({"up_block_types": ["CogVideoXUpBlock3D"]})"
                                << "CogVideoXUpBlock3D once for each of the 4 levels";
        QTest::newRow("text for a number") << R"({"latent_channels": "16"})"
                                           << "'latent_channels'";
    }
    void refusesWhatCantBeComputed()
    {
        QFETCH(QString, changes);
        QFETCH(QString, says);
        const auto config = parse_vae_config(config_with(changes), "vae/config.json");
        QVERIFY(!config.has_value());
        QCOMPARE(config.error().code, ErrorCode::BadModel);
        const QString message = QString::fromStdString(config.error().message);
        QVERIFY2(message.contains(says) && message.contains("vae/config.json"), qPrintable(message));
    }
};

QTEST_APPLESS_MAIN(TestCogVideoXVaeConfig)
#include "test_vae_config.moc"

#include <QtTest>

#include <nlohmann/json.hpp>

#include "core/models/hunyuan_video/vae_config.h"

using namespace headroom;
using namespace headroom::models::hunyuan_video;

class TestHunyuanVaeConfig : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void missingKeysAreThePublishedOnes()
    {
        const VaeConfig config = parse_vae_config(nlohmann::json::object(), "vae/config.json").value();
        QCOMPARE(config.block_out_channels, (std::vector<std::int64_t>{128, 256, 512, 512}));
        QCOMPARE(config.scaling_factor, 0.476986);
        QCOMPARE(config.pixel_frames(33), std::int64_t(129));
        QCOMPARE(config.latent_frames(129), std::int64_t(33));
        QCOMPARE(config.latent_frames(131), std::int64_t(33));
        const bool in_time[] = {false, true, true, false}, in_space[] = {true, true, true, false};
        for (std::size_t level = 0; level < 4; ++level) {
            QCOMPARE(config.step_after(level).in_time, in_time[level]);
            QCOMPARE(config.step_after(level).in_space, in_space[level]);
        }
    }

    void readsThePublishedConfig()
    {
        const auto json = nlohmann::json::parse(R"({"_class_name": "AutoencoderKLHunyuanVideo", "_diffusers_version": "0.32.0",
            "act_fn": "silu", "block_out_channels": [128, 256, 512, 512], "in_channels": 3, "latent_channels": 16, "layers_per_block": 2,
            "down_block_types": ["HunyuanVideoDownBlock3D", "HunyuanVideoDownBlock3D", "HunyuanVideoDownBlock3D",
            "HunyuanVideoDownBlock3D"], "mid_block_add_attention": true, "norm_num_groups": 32, "out_channels": 3,
            "scaling_factor": 0.476986, "spatial_compression_ratio": 8, "temporal_compression_ratio": 4})");
        QVERIFY(parse_vae_config(json, "vae/config.json").has_value());
    }

    void refusesWhatCantBe_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("named");
        QTest::newRow("another class") << R"({"_class_name": "AutoencoderKLWan"})"
                                       << "AutoencoderKLWan";
        QTest::newRow("groups") << R"({"norm_num_groups": 48})"
                                << "block_out_channels";
        QTest::newRow("two levels") << R"({"block_out_channels": [32, 32]})"
                                    << "block_out_channels";
        QTest::newRow("other blocks") << R"({"up_block_types": ["A", "A", "A", "A"]})"
                                      << "up_block_types";
        QTest::newRow("too few blocks") << R"({"block_out_channels": [32, 32, 32]})"
                                        << "down_block_types";
        QTest::newRow("ratio of time") << R"({"temporal_compression_ratio": 8})"
                                       << "temporal_compression_ratio";
        QTest::newRow("ratio of space") << R"({"spatial_compression_ratio": 12})"
                                        << "spatial_compression_ratio";
        QTest::newRow("more steps than levels") << R"({"spatial_compression_ratio": 32})"
                                                << "spatial_compression_ratio";
        QTest::newRow("scale") << R"({"scaling_factor": 0})"
                               << "scaling_factor";
        QTest::newRow("activation") << R"({"act_fn": "gelu"})"
                                    << "act_fn";
        QTest::newRow("colours") << R"({"out_channels": 4})"
                                 << "out_channels";
        QTest::newRow("a list") << R"([1])"
                                << "vae/config.json";
    }
    void refusesWhatCantBe()
    {
        QFETCH(QString, json);
        QFETCH(QString, named);
        const auto config = parse_vae_config(nlohmann::json::parse(json.toStdString()), "vae/config.json");
        QVERIFY(!config);
        QCOMPARE(config.error().code, ErrorCode::BadModel);
        QVERIFY2(QString::fromStdString(config.error().message).contains(named), config.error().message.c_str());
    }
};

QTEST_APPLESS_MAIN(TestHunyuanVaeConfig)
#include "test_vae_config.moc"

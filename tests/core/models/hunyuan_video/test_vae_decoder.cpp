#include <QtTest>

#include <limits>
#include <map>

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include "core/tensor/host_memory.h"
#include "tests/core/models/hunyuan_video/vae_goldens.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::models::hunyuan_video;
using namespace headroom::test;

namespace {

constexpr double kParity = 1e-5;
constexpr double kRounding = 1e-6;

}  // namespace

class TestHunyuanVaeDecoder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { seed_random_numbers(); }
    void initTestCase()
    {
        HostMemory::start_counting();
        at::set_num_threads(1);
    }

    void equalsDiffusers_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("name");
        const std::map<const char*, std::vector<const char*>> files{
            {"decode", {"1", "2", "4", "5", "6", "7", "8", "2_batch", "2_sliced"}},
            {"tiles", {"1", "6", "2_apart", "1_too_small_for_tiles"}},
            {"uneven", {"1", "6", "2_tiles", "6_tiles"}},
        };
        for (const auto& [file, names] : files) {
            for (const char* name : names) QTest::addRow("%s %s", file, name) << QString(file) << QString(name);
        }
    }
    void equalsDiffusers()
    {
        QFETCH(QString, file);
        QFETCH(QString, name);
        const Tensors cases = read_golden("hunyuan_vae_" + file.toStdString() + ".safetensors");
        VaeDecoder decoder(file == "uneven" ? uneven_levels() : four_levels());
        TestWeights weights(weights_in(file == "tiles" ? read_golden("hunyuan_vae_decode.safetensors") : cases));
        const Tensor& latents = cases.at(name.toStdString() + ".latents");
        const Tensor& pixels = cases.at(name.toStdString() + ".pixels");
        const VaePlan how = plan_of(cases, name.toStdString());
        const double distance = relative_difference(decode(decoder, latents, how, weights), pixels);
        qInfo("relative max|d|: %.2e", distance);
        QVERIFY(distance <= kParity);
        if (latents.size(0) > 1 && how.method == VaeMethod::Whole) {
            const Tensor alone = decode(decoder, latents.narrow(0, 1, 1), how, weights);
            QVERIFY(relative_difference(alone, pixels.narrow(0, 1, 1)) <= kParity);
        }
        QCOMPARE(weights.held(), std::size_t(0));
        QCOMPARE(weights.most_held(), std::size_t(1));
        QVERIFY2(weights.unused().empty(), weights.unused().empty() ? "" : weights.unused().front().c_str());
    }

    void bf16StaysWithinTheReferencesOwnDistance()
    {
        const Tensors cases = read_golden("hunyuan_vae_decode.safetensors");
        VaeDecoder decoder(four_levels());
        TestWeights weights(weights_in(cases), at::kBFloat16);
        const Tensor pixels = decode(decoder, cases.at("5.latents"), strips(2), weights);
        QVERIFY(pixels.scalar_type() == at::kBFloat16);
        const Tensor distance = pixels.to(at::kFloat).sub(cases.at("5.pixels")).abs();
        const double mean = distance.mean().item<double>(), allowed = cases.at("bf16.mean").item<double>();
        qInfo("bf16: greatest %.4f (reference %.4f), mean %.5f (reference %.5f)", distance.max().item<double>(),
              cases.at("bf16.greatest").item<double>(), mean, allowed);
        QVERIFY(mean <= allowed);
        QVERIFY(distance.max().item<double>() <= cases.at("bf16.greatest").item<double>());
    }

    void stripsGiveTheNumbersOfTheWhole_data()
    {
        QTest::addColumn<int>("latent_frames");
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("width");
        QTest::newRow("one latent") << 1 << 3 << 2;
        QTest::newRow("two tiles of time") << 5 << 2 << 1;
    }
    void stripsGiveTheNumbersOfTheWhole()
    {
        QFETCH(int, latent_frames);
        QFETCH(int, height);
        QFETCH(int, width);
        VaeDecoder decoder(wider_levels());
        TestWeights weights(random_weights(decoder.blocks()));
        const Tensor latents = at::randn({1, 4, latent_frames, height, width});
        const Tensor expected = decode(decoder, latents, whole(), weights);
        for (const int count : {2, 1000}) {
            const double distance = max_abs_difference(decode(decoder, latents, strips(count), weights), expected);
            qInfo("max|d| of %d strips: %.2e", count, distance);
            QVERIFY(distance <= kRounding);
        }
    }

    void handsOutFramesTileByTile_data()
    {
        QTest::addColumn<int>("latent_frames");
        QTest::addColumn<QList<int>>("chunks");
        QTest::newRow("1") << 1 << QList<int>{1};
        QTest::newRow("4: no tiles") << 4 << QList<int>{13};
        QTest::newRow("5") << 5 << QList<int>{13, 4};
        QTest::newRow("7: the last tile has no frame of its own") << 7 << QList<int>{13, 12};
        QTest::newRow("8") << 8 << QList<int>{13, 12, 4};
        QTest::newRow("9") << 9 << QList<int>{13, 12, 8};
    }
    void handsOutFramesTileByTile()
    {
        QFETCH(int, latent_frames);
        QFETCH(QList<int>, chunks);
        const Tensors cases = read_golden("hunyuan_vae_decode.safetensors");
        VaeDecoder decoder(four_levels());
        TestWeights weights(weights_in(cases));
        auto decoding = decoder.begin(at::randn({2, 3, latent_frames, 1, 2}), whole(), weights);
        QCOMPARE(decoding->frame_count(), std::int64_t(4 * latent_frames - 3));
        std::int64_t done = 0;
        for (const int frames : chunks) {
            const Tensor chunk = **decoding->next();
            QCOMPARE(chunk.sizes(), at::IntArrayRef({2, 3, frames, 8, 16}));
            QVERIFY(chunk.permute({2, 0, 3, 4, 1}).is_contiguous());
            QVERIFY(chunk.abs().max().item<double>() <= 1);
            done += frames;
            QCOMPARE(decoding->frames_done(), done);
        }
        QVERIFY(!decoding->next()->has_value());
        QVERIFY(!decoding->next()->has_value());
    }

    void framesNeedTheLatentsOfTheirTileAlone()
    {
        const Tensors cases = read_golden("hunyuan_vae_decode.safetensors");
        VaeDecoder decoder(four_levels());
        TestWeights weights(weights_in(cases));
        const Tensor latents = cases.at("8.latents").clone();
        latents.narrow(2, 5, 3).fill_(std::numeric_limits<float>::quiet_NaN());
        auto decoding = decoder.begin(latents, whole(), weights);
        QVERIFY(relative_difference(**decoding->next(), cases.at("8.pixels").narrow(2, 0, 13)) <= kParity);
        QVERIFY((**decoding->next()).isnan().any().item<bool>());
    }

    void stopsWithinALayer()
    {
        VaeDecoder decoder(four_levels());
        TestWeights weights(random_weights(decoder.blocks()));
        std::stop_source source;
        auto decoding = decoder.begin(at::zeros({1, 3, 5, 2, 2}), whole(), weights, source.get_token());
        QVERIFY(decoding->next().has_value());
        source.request_stop();
        const auto stopped = decoding->next();
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
        QCOMPARE(weights.held(), std::size_t(0));
    }

    void refusesWhatItCantDecode()
    {
        VaeDecoder decoder(four_levels());
        TestWeights weights({});
        const Tensor fitting = at::zeros({1, 3, 1, 2, 2});
        QCOMPARE(decoder.begin(at::zeros({1, 4, 1, 2, 2}), whole(), weights).error().code, ErrorCode::BadInput);
        QCOMPARE(decoder.begin(at::zeros({3, 1, 2, 2}), whole(), weights).error().code, ErrorCode::BadInput);
        QCOMPARE(decoder.begin(fitting.to(at::kLong), whole(), weights).error().code, ErrorCode::BadInput);
        QCOMPARE(decoder.begin(fitting, strips(0), weights).error().code, ErrorCode::Usage);
        QCOMPARE(decoder.begin(fitting, tiles({12, 16, 8, 8}), weights).error().code, ErrorCode::Usage);
        QCOMPARE(decoder.begin(fitting, tiles({16, 16, 24, 16}), weights).error().code, ErrorCode::Usage);
    }
};

QTEST_APPLESS_MAIN(TestHunyuanVaeDecoder)
#include "test_vae_decoder.moc"

#include <QtTest>

#include <algorithm>

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include "tests/core/models/cogvideox/vae_goldens.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::models::cogvideox;
using namespace headroom::test;

Q_DECLARE_METATYPE(headroom::VaePlan)

namespace {

constexpr double kParity = 1e-5;
constexpr double kRounding = 1e-6;

}  // namespace

class TestCogVideoXVaeDecoder : public QObject {
    Q_OBJECT

    static Tensors goldens(const std::string& name) { return read_golden("cogvideox_vae_decode_" + name + ".safetensors"); }

private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }
    void init() { seed_random_numbers(); }

    void equalsDiffusers_data()
    {
        QTest::addColumn<QString>("autoencoder");
        QTest::addColumn<QString>("name");
        for (const char* name : {"1", "2", "3", "4", "5", "batch", "tiled"}) QTest::addRow("usual %s", name) << "usual" << name;
        for (const char* name : {"1", "2", "5", "tiled_as_configured", "tiled_batch", "tiled_one_axis", "tiled_not_engaged"}) {
            QTest::addRow("uneven %s", name) << "uneven" << name;
        }
    }
    void equalsDiffusers()
    {
        QFETCH(QString, autoencoder);
        QFETCH(QString, name);
        const Tensors cases = goldens(autoencoder.toStdString());
        VaeDecoder decoder(golden_config(autoencoder.toStdString()));
        TestWeights weights(golden_weights(cases));
        const Tensor latents = golden_latents(cases, name.toStdString(), decoder.config().latent_channels);
        const Tensor pixels = decode(decoder, latents, golden_plan(cases, name.toStdString()), weights);
        const double distance = relative_difference(pixels, cases.at(name.toStdString() + ".pixels"));
        qInfo("max|d| / max: %.2e", distance);
        QVERIFY(distance <= kParity);
        QCOMPARE(pixels.size(2), decoder.config().pixel_frames(latents.size(2)));
        QCOMPARE(weights.held(), std::size_t(0));
        QCOMPARE(weights.most_held(), std::size_t(1));
        QVERIFY(weights.unused().empty());
    }

    void itemsDecodedAloneEqualDiffusersSliced()
    {
        const Tensors cases = goldens("uneven");
        VaeDecoder decoder(golden_config("uneven"));
        TestWeights weights(golden_weights(cases));
        const Tensor latents = golden_latents(cases, "sliced", 5);
        const Tensor alone = at::cat(
            {decode(decoder, latents.narrow(0, 0, 1), {}, weights), decode(decoder, latents.narrow(0, 1, 1), {}, weights)});
        QVERIFY(relative_difference(alone, cases.at("sliced.pixels")) <= kParity);
        QVERIFY(max_abs_difference(alone, decode(decoder, latents, {}, weights)) <= kRounding);
    }

    void stripsEqualTheWhole_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<bool>("bf16");
        for (const int count : {2, 3, 8, 1000}) {
            QTest::addRow("%d, fp32", count) << count << false;
            QTest::addRow("%d, bf16", count) << count << true;
        }
    }
    void stripsEqualTheWhole()
    {
        QFETCH(int, count);
        QFETCH(bool, bf16);
        const Tensors cases = goldens("usual");
        VaeDecoder decoder(golden_config("usual"));
        TestWeights weights(golden_weights(cases), bf16 ? at::kBFloat16 : at::kFloat);
        const Tensor latents = at::randn({1, 4, 5, 3, 2});
        const Tensor whole = decode(decoder, latents, {}, weights);
        const double distance = max_abs_difference(decode(decoder, latents, strips(count), weights), whole);
        qInfo("max|d| from the whole: %.2e", distance);
        QVERIFY(distance <= (bf16 ? 8e-3 : kRounding));
    }

    void theCachesPlaceChangesNoBit()
    {
        const Tensors cases = goldens("usual");
        VaeDecoder decoder(golden_config("usual"));
        TestWeights weights(golden_weights(cases));
        const Tensor latents = at::randn({1, 4, 4, 3, 2});
        for (VaePlan how : {strips(1), strips(3), tiles({16, 16, 8, 8})}) {
            const Tensor expected = decode(decoder, latents, how, weights);
            how.cache = CachePlace::Host;
            QVERIFY(decode(decoder, latents, how, weights).equal(expected));
        }
    }

    void latentsOfTheLastBatchDontChangeTheFirst()
    {
        const Tensors cases = goldens("usual");
        VaeDecoder decoder(golden_config("usual"));
        TestWeights weights(golden_weights(cases));
        const Tensor latents = at::randn({1, 4, 5, 2, 2});
        Tensor changed = latents.clone();
        changed.narrow(2, 3, 2).add_(1);
        const auto batches = decode_batches(decoder, latents, {}, weights),
                   others = decode_batches(decoder, changed, {}, weights);
        QCOMPARE(batches.size(), std::size_t(2));
        QCOMPARE(batches[0].size(2), 9);
        QCOMPARE(batches[1].size(2), 8);
        QVERIFY(batches[0].equal(others[0]));
        QVERIFY(!batches[1].equal(others[1]));
    }

    void tilesOfAnySettingGiveTheRightSize_data()
    {
        QTest::addColumn<int>("tile");
        QTest::addColumn<int>("stride");
        QTest::newRow("a third of overlap") << 24 << 16;
        QTest::newRow("half") << 16 << 8;
        QTest::newRow("none") << 8 << 8;
        QTest::newRow("most") << 40 << 8;
    }
    void tilesOfAnySettingGiveTheRightSize()
    {
        QFETCH(int, tile);
        QFETCH(int, stride);
        const Tensors cases = goldens("usual");
        VaeDecoder decoder(golden_config("usual"));
        TestWeights weights(golden_weights(cases));
        const Tensor pixels = decode(decoder, at::randn({1, 4, 2, 5, 7}), tiles({tile, tile, stride, stride}), weights);
        QCOMPARE(pixels.sizes(), at::IntArrayRef({1, 3, 8, 40, 56}));
    }

    void framesArePackedRgb()
    {
        const Tensors cases = goldens("usual");
        VaeDecoder decoder(golden_config("usual"));
        TestWeights weights(golden_weights(cases));
        for (const VaePlan& how : {strips(1), strips(3), tiles({16, 16, 8, 8})}) {
            for (const Tensor& frames : decode_batches(decoder, at::randn({2, 4, 3, 3, 2}), how, weights)) {
                QVERIFY(frames.permute({2, 0, 3, 4, 1}).is_contiguous());
            }
        }
    }

    void bf16StaysWithinTheReferencesOwnDistance()
    {
        const Tensors cases = goldens("usual");
        VaeDecoder decoder(golden_config("usual"));
        TestWeights weights(golden_weights(cases), at::kBFloat16);
        const Tensor pixels = decode(decoder, golden_latents(cases, "bf16", 4), {}, weights);
        QVERIFY(pixels.scalar_type() == at::kBFloat16);
        const Tensor distance = pixels.to(at::kFloat).sub(cases.at("bf16.pixels")).abs();
        const double greatest = distance.max().item<double>(), mean = distance.mean().item<double>();
        const double allowed = cases.at("bf16.greatest").item<double>(), allowed_mean = cases.at("bf16.mean").item<double>();
        qInfo("bf16: greatest %.4f (reference %.4f), mean %.5f (reference %.5f)", greatest, allowed, mean, allowed_mean);
        QVERIFY(greatest <= allowed);
        QVERIFY(mean <= allowed_mean);
    }

    void refusesWhatCantBeDecoded_data()
    {
        QTest::addColumn<VaePlan>("how");
        QTest::addColumn<int>("channels");
        QTest::addColumn<int>("code");
        QTest::newRow("channels") << VaePlan() << 5 << int(ErrorCode::BadInput);
        QTest::newRow("strips") << strips(0) << 4 << int(ErrorCode::Usage);
        QTest::newRow("tiles between latents") << tiles({20, 16, 8, 8}) << 4 << int(ErrorCode::Usage);
        QTest::newRow("gaps") << tiles({16, 16, 24, 8}) << 4 << int(ErrorCode::Usage);
    }
    void refusesWhatCantBeDecoded()
    {
        QFETCH(VaePlan, how);
        QFETCH(int, channels);
        QFETCH(int, code);
        VaeDecoder decoder(golden_config("usual"));
        TestWeights weights({});
        const auto decoding = decoder.begin(at::zeros({1, channels, 1, 2, 2}), how, weights);
        QVERIFY(!decoding.has_value());
        QCOMPARE(int(decoding.error().code), code);
    }
};

QTEST_APPLESS_MAIN(TestCogVideoXVaeDecoder)
#include "test_vae_decoder.moc"

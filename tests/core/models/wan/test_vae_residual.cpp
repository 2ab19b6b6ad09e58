#include <QtTest>

#include <algorithm>
#include <fstream>
#include <memory>

#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <nlohmann/json.hpp>

#include "core/models/wan/vae_encoding.h"
#include "core/models/wan/vae_patches.h"
#include "core/models/wan/vae_shortcuts.h"
#include "core/tensor/host_memory.h"
#include "core/tensor/noise.h"
#include "tests/core/models/wan/vae_goldens.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::models::wan;
using namespace headroom::test;

// The residual form of Wan's autoencoder: that of Wan 2.2 TI2V with its patches, and one of other channels without.

namespace {

constexpr double kParity = 1e-5;
constexpr double kRounding = 5e-6;

VaePlan whole(int latents_per_chunk = 1)
{
    VaePlan how;
    how.latents_per_chunk = latents_per_chunk;
    return how;
}

VaePlan strips(int count, int latents_per_chunk = 1)
{
    VaePlan how = whole(latents_per_chunk);
    how.method = VaeMethod::Strips;
    how.strips = count;
    return how;
}

VaePlan tiles_of(const Tensor& entry, int latents_per_chunk)
{
    VaePlan how = whole(latents_per_chunk);
    how.method = VaeMethod::Tiles;
    how.tiles = {.tile_width = entry[1].item<int>(),
                 .tile_height = entry[0].item<int>(),
                 .stride_width = entry[3].item<int>(),
                 .stride_height = entry[2].item<int>()};
    return how;
}

struct Autoencoder {
    std::unique_ptr<VaeDecoder> decoder;
    std::unique_ptr<VaeEncoder> encoder;
    Tensors weights;
    Tensors decodes;
    Tensors encodes;
};

Autoencoder autoencoder(const nlohmann::json& json, Tensors weights, Tensors decodes, Tensors encodes)
{
    const auto config = parse_vae_config(json, "config.json");
    if (!config) qFatal("%s", config.error().message.c_str());
    return {std::make_unique<VaeDecoder>(*config), std::make_unique<VaeEncoder>(*config), std::move(weights), std::move(decodes),
            std::move(encodes)};
}

Autoencoder tiny_wan22()
{
    std::ifstream stream(HEADROOM_GOLDENS_DIR "/tiny_wan22_ti2v/vae/config.json");
    return autoencoder(nlohmann::json::parse(stream), read_golden("tiny_wan22_ti2v/vae/diffusion_pytorch_model.safetensors"),
                       read_golden("vae_wan22.safetensors"), read_golden("vae_encode_wan22.safetensors"));
}

// The config that tests/reference/make_wan22_vae_goldens.py gives its second autoencoder.
Autoencoder uneven22()
{
    const Tensors cases = read_golden("vae_wan22_uneven.safetensors");
    Tensors weights;
    const std::string prefix = "weights.";
    for (const auto& [name, value] : cases) {
        if (name.starts_with(prefix)) weights[name.substr(prefix.size())] = value;
    }
    return autoencoder(nlohmann::json::parse(R"({
        "base_dim": 4, "decoder_base_dim": 3, "z_dim": 5, "dim_mult": [1, 2, 1], "num_res_blocks": 2, "temperal_downsample": [true, false],
        "latents_mean": [0.1, -0.2, 0.3, -0.4, 0.5], "latents_std": [0.5, 1.0, 1.5, 2.0, 2.5], "is_residual": true,
        "scale_factor_spatial": 4, "scale_factor_temporal": 2})"),
                       std::move(weights), cases, cases);
}

Tensor decode(Autoencoder& model, const Tensor& latents, const VaePlan& how, memory::WeightSource& weights)
{
    return test::decode(*model.decoder, latents, how, weights);
}

Tensor encode(Autoencoder& model, const Tensor& pixels, const VaePlan& how, memory::WeightSource& weights,
              at::ScalarType dtype = at::kFloat)
{
    const EncodeShape shape{.batch = pixels.size(0), .frames = pixels.size(2), .height = pixels.size(3), .width = pixels.size(4)};
    auto encoding = VaeEncoding::begin(*model.encoder, shape, how, at::TensorOptions().dtype(dtype), weights);
    if (!encoding) qFatal("%s", encoding.error().message.c_str());
    if (!encoding->push(pixels)) qFatal("a push failed");
    return *encoding->finish();
}

/// Pixels as the golden script draws them: [batch, 3, frames, height, width] in [-1, 1].
Tensor draw_pixels(const std::vector<std::int64_t>& shape, std::uint64_t seed)
{
    return NoiseStream(seed).normal({shape[0], 3, shape[1], shape[2], shape[3]}).mul_(0.5).clamp_(-1, 1);
}

Tensor golden_pixels(const Tensors& cases, const std::string& name)
{
    const Tensor& entry = cases.at("encode." + name + ".shape");
    std::vector<std::int64_t> numbers;
    for (std::int64_t i = 0; i < entry.numel(); ++i) numbers.push_back(entry[i].item<std::int64_t>());
    return draw_pixels(numbers, std::uint64_t(numbers.back()));
}

Autoencoder named(bool is_tiny)
{
    return is_tiny ? tiny_wan22() : uneven22();
}

std::int64_t past_bytes(Golden& model, const Tensor& latents, const VaePlan& how)
{
    TestWeights weights(model.weights);
    auto decoding = model.decoder->begin(latents, how, weights);
    while (*decoding->next()) {
    }
    return decoding->past_bytes();
}

/// Peak of the bytes that a decode holds beyond its latents, frames thrown away as they come. Model: with a decoder and weights.
template <typename Model>
std::int64_t counted_peak(Model& model, const Tensor& latents, const VaePlan& how)
{
    TestWeights weights(model.weights);
    const std::int64_t before = HostMemory::live_bytes();
    HostMemory::restart_peak();
    auto decoding = model.decoder->begin(latents, how, weights);
    while (*decoding->next()) {
    }
    return HostMemory::peak_bytes() - before;
}

}  // namespace

class TestWanVaeResidual : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        HostMemory::start_counting();
        at::set_num_threads(1);
    }
    void init() { seed_random_numbers(); }

    void decodesEqualDiffusers_data()
    {
        QTest::addColumn<bool>("is_tiny");
        QTest::addColumn<QString>("name");
        for (const char* name : {"1", "1_smallest", "5", "9_batch", "13", "tiled", "tiled_both_axes",
                                 "tiled_strides_not_dividing", "tiled_batch", "tiled_too_small"}) {
            QTest::addRow("tiny_wan22 %s", name) << true << QString(name);
        }
        for (const char* name : {"1", "3", "9", "tall"}) QTest::addRow("uneven %s", name) << false << QString(name);
    }
    void decodesEqualDiffusers()
    {
        QFETCH(bool, is_tiny);
        QFETCH(QString, name);
        Autoencoder model = named(is_tiny);
        TestWeights weights(model.weights);
        const std::string key = "decode." + name.toStdString();
        for (const int latents_per_chunk : {1, 2}) {
            const VaePlan how = name.startsWith("tiled") ? tiles_of(model.decodes.at(key + ".tiles"), latents_per_chunk)
                                                         : whole(latents_per_chunk);
            const double distance = relative_difference(decode(model, model.decodes.at(key + ".latents"), how, weights),
                                                        model.decodes.at(key + ".pixels"));
            qInfo("relative max|d|: %.2e with %d latents a chunk", distance, latents_per_chunk);
            QVERIFY(distance <= kParity);
        }
        QCOMPARE(weights.held(), std::size_t(0));
        QCOMPARE(weights.most_held(), std::size_t(1));
    }

    void encodesEqualDiffusers_data()
    {
        QTest::addColumn<bool>("is_tiny");
        QTest::addColumn<QString>("name");
        for (const char* name : {"1", "1_smallest", "5", "9_batch", "7_is_5", "tiled", "tiled_both"})
            QTest::addRow("tiny_wan22 %s", name) << true << QString(name);
        for (const char* name : {"1", "5", "17"}) QTest::addRow("uneven %s", name) << false << QString(name);
    }
    void encodesEqualDiffusers()
    {
        QFETCH(bool, is_tiny);
        QFETCH(QString, name);
        Autoencoder model = named(is_tiny);
        TestWeights weights(model.weights);
        const std::string key = "encode." + name.toStdString();
        const Tensor pixels = golden_pixels(model.encodes, name.toStdString());
        for (const int latents_per_chunk : {1, 2}) {
            const VaePlan how = name.startsWith("tiled") ? tiles_of(model.encodes.at(key + ".tiles"), latents_per_chunk)
                                                         : whole(latents_per_chunk);
            const double distance = relative_difference(encode(model, pixels, how, weights), model.encodes.at(key + ".latents"));
            qInfo("relative max|d|: %.2e with %d latents a chunk", distance, latents_per_chunk);
            QVERIFY(distance <= kParity);
        }
        QCOMPARE(weights.most_held(), std::size_t(1));
    }

    void everyKeyIsDeclared()
    {
        for (const bool is_tiny : {true, false}) {
            Autoencoder model = named(is_tiny);
            TestWeights weights(model.weights);
            decode(model, at::zeros({1, model.decoder->config().z_dim, 1, 1, 1}), whole(), weights);
            encode(model, at::zeros({1, 3, 1, 16, 16}), whole(), weights);
            // Of a first chunk all the same, since a level's weights are declared as one.
            const auto unused = weights.unused();
            QVERIFY2(unused.empty(), unused.empty() ? "" : unused.front().c_str());
        }
    }

    void stripsOfADecodeEqualTheWhole_data()
    {
        QTest::addColumn<bool>("is_tiny");
        QTest::addColumn<int>("height");
        for (const int height : {13, 27}) QTest::addRow("tiny_wan22 %d", height) << true << height;
        QTest::addRow("uneven 25") << false << 25;
    }
    void stripsOfADecodeEqualTheWhole()
    {
        QFETCH(bool, is_tiny);
        QFETCH(int, height);
        Autoencoder model = named(is_tiny);
        TestWeights weights(model.weights);
        const Tensor latents = at::randn({1, model.decoder->config().z_dim, 3, height, 1});
        double greatest = 0;
        for (const int latents_per_chunk : {1, 2}) {
            const Tensor expected = decode(model, latents, whole(latents_per_chunk), weights);
            for (const int count : {2, 100}) {
                greatest = std::max(
                    greatest, max_abs_difference(decode(model, latents, strips(count, latents_per_chunk), weights), expected));
            }
        }
        qInfo("max|d| between strips and the whole: %.2e", greatest);
        QVERIFY(greatest <= kRounding);
    }

    void stripsOfAnEncodeEqualTheWhole()
    {
        for (const bool is_tiny : {true, false}) {
            Autoencoder model = named(is_tiny);
            TestWeights weights(model.weights);
            const Tensor pixels = draw_pixels({1, 5, 96, 16}, 9);
            const Tensor expected = encode(model, pixels, whole(), weights);
            for (const int count : {2, 1000}) {
                const double distance = max_abs_difference(encode(model, pixels, strips(count), weights), expected);
                QVERIFY2(distance <= kRounding, qPrintable(QString::number(distance)));
            }
        }
    }

    void stripsLowerWhatIsComputedAtOnce()
    {
        // Peaks less the cache, which strips can't lower. Wan 2.2's proportions of channels.
        VaeConfig config;
        config.base_dim = 8;
        config.num_res_blocks = 1;
        config.is_residual = true;
        Golden golden = random_weights(config);
        const Tensor latents = at::zeros({1, 16, 2, 40, 6});
        const auto working = [&](const VaePlan& how) {
            return double(counted_peak(golden, latents, how) - past_bytes(golden, latents, how));
        };
        const double all = working(whole());
        for (const auto& [count, share] : {std::pair(2, 0.7), std::pair(4, 0.5)}) {
            const double part = working(strips(count));
            qInfo("%d strips: %.3f of the whole's", count, part / all);
            QVERIFY(part < share * all);
        }
    }

    void theCachesPlaceChangesNoBit()
    {
        Autoencoder model = tiny_wan22();
        TestWeights weights(model.weights);
        const Tensor latents = at::randn({1, 48, 3, 12, 1});
        for (VaePlan how : {whole(), strips(2)}) {
            const Tensor expected = decode(model, latents, how, weights);
            how.cache = CachePlace::Host;
            QVERIFY(decode(model, latents, how, weights).equal(expected));
        }
    }

    void aBatchEqualsItsItems()
    {
        Autoencoder model = tiny_wan22();
        TestWeights weights(model.weights);
        const Tensor& latents = model.decodes.at("decode.9_batch.latents");
        const Tensor items = at::cat(
            {decode(model, latents.narrow(0, 0, 1), whole(), weights), decode(model, latents.narrow(0, 1, 1), whole(), weights)});
        const double distance = relative_difference(items, model.decodes.at("decode.9_batch.pixels"));
        qInfo("relative max|d|: %.2e", distance);
        QVERIFY(distance <= kParity);
    }

    void bf16StaysWithinTheReferencesOwnDistance()
    {
        Autoencoder model = tiny_wan22();
        TestWeights weights(model.weights, at::kBFloat16);
        // Of a few hundred numbers, roundings of two kinds differ by a little in their mean, by more in their extremes.
        const auto check = [](const Tensor& distance, const Tensor& greatest, const Tensor& mean) {
            qInfo("bf16: greatest %.4f (reference %.4f), mean %.5f (reference %.5f)", distance.max().item<double>(),
                  greatest.item<double>(), distance.mean().item<double>(), mean.item<double>());
            return distance.max().item<double>() <= 1.25 * greatest.item<double>() &&
                   distance.mean().item<double>() <= 1.1 * mean.item<double>();
        };
        const Tensor pixels = decode(model, model.decodes.at("decode.5.latents"), whole(), weights).to(at::kFloat);
        QVERIFY(check(pixels.sub(model.decodes.at("decode.5.pixels")).abs(), model.decodes.at("decode.bf16.greatest"),
                      model.decodes.at("decode.bf16.mean")));
        const Tensor latents = encode(model, golden_pixels(model.encodes, "5"), whole(), weights, at::kBFloat16);
        QVERIFY(check(latents.sub(model.encodes.at("encode.5.latents")).abs(), model.encodes.at("encode.bf16.greatest"),
                      model.encodes.at("encode.bf16.mean")));
    }

    void memoryDoesNotDependOnTheNumberOfFrames()
    {
        Autoencoder model = tiny_wan22();
        for (const VaePlan& how : {whole(), strips(3)}) {
            const std::int64_t few = counted_peak(model, at::zeros({1, 48, 4, 20, 1}), how);
            QVERIFY(few > 0);
            QCOMPARE(counted_peak(model, at::zeros({1, 48, 8, 20, 1}), how), few);
        }
    }

    void framesArePackedRgb()
    {
        Autoencoder model = tiny_wan22();
        TestWeights weights(model.weights);
        auto decoding = model.decoder->begin(at::randn({2, 48, 2, 3, 1}), whole(), weights);
        for (const std::int64_t frames : {1, 4}) {
            const Tensor chunk = **decoding->next();
            QCOMPARE(chunk.sizes(), at::IntArrayRef({2, 3, frames, 48, 16}));
            QVERIFY(chunk.permute({2, 0, 3, 4, 1}).is_contiguous());
            QVERIFY(chunk.abs().max().item<double>() <= 1);
        }
    }

    void patchesGoThereAndBack()
    {
        const Tensor pixels = at::randn({2, 1, 6, 8, 3});
        QVERIFY(unpatchify(patchify(pixels, 2), 2).equal(pixels));
        QVERIFY(patchify(pixels, 1).equal(pixels));
        // Colour, then column, then row: the second channel of a patch is its first column's second row.
        QVERIFY(patchify(pixels, 2).select(4, 1).equal(
            pixels.slice(2, 1, std::nullopt, 2).slice(3, 0, std::nullopt, 2).select(4, 0)));
    }

    void shortcutsTakeAnyChannelsThatFit_data()
    {
        QTest::addColumn<int>("in_channels");
        QTest::addColumn<int>("out_channels");
        QTest::addColumn<int>("frame_factor");
        QTest::newRow("as many") << 4 << 4 << 2;
        QTest::newRow("half") << 4 << 2 << 1;
        QTest::newRow("twice") << 3 << 6 << 1;
        QTest::newRow("three to two") << 6 << 9 << 1;
    }
    void shortcutsTakeAnyChannelsThatFit()
    {
        QFETCH(int, in_channels);
        QFETCH(int, out_channels);
        QFETCH(int, frame_factor);
        // Value by value, from the definition: channel c, copy k of a position is channel (c · copies + k) / repeats of it.
        const std::int64_t copies = 4 * frame_factor, repeats = out_channels * copies / in_channels;
        const Tensor x = at::randn({2, 1, 3, 2, in_channels});
        Tensor result = at::zeros({2 * frame_factor, 1, 6, 4, out_channels});
        DuplicatingShortcut(in_channels, out_channels, frame_factor).add_to(result, x);
        for (std::int64_t t = 0; t < result.size(0); ++t) {
            for (std::int64_t h = 0; h < 6; ++h) {
                for (std::int64_t w = 0; w < 4; ++w) {
                    const std::int64_t copy = ((t % frame_factor) * 2 + h % 2) * 2 + w % 2;
                    for (std::int64_t c = 0; c < out_channels; ++c) {
                        const Tensor source = x[t / frame_factor][0][h / 2][w / 2][(c * copies + copy) / repeats];
                        QCOMPARE(result[t][0][h][w][c].item<float>(), source.item<float>());
                    }
                }
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestWanVaeResidual)
#include "test_vae_residual.moc"

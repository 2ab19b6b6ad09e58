#include <QtTest>

#include <fstream>
#include <limits>
#include <memory>

#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <nlohmann/json.hpp>

#include "core/models/wan/vae_decoder.h"
#include "core/models/wan/vae_encoding.h"
#include "core/tensor/host_memory.h"
#include "core/tensor/noise.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::models::wan;

namespace {

constexpr double kParity = 1e-5;
constexpr double kRounding = 1e-6;

VaeConfig config_of(const nlohmann::json& json)
{
    const auto config = parse_vae_config(json, "config.json");
    if (!config) qFatal("%s", config.error().message.c_str());
    return *config;
}

/// An encoder with the weights and the golden cases of one autoencoder.
struct Golden {
    std::unique_ptr<VaeEncoder> encoder;
    test::Tensors weights;
    test::Tensors cases;
};

Golden tiny_wan()
{
    std::ifstream stream(HEADROOM_GOLDENS_DIR "/tiny_wan/vae/config.json");
    return {std::make_unique<VaeEncoder>(config_of(nlohmann::json::parse(stream))),
            test::read_golden("tiny_wan/vae/diffusion_pytorch_model.safetensors"),
            test::read_golden("vae_encode_tiny_wan.safetensors")};
}

// The config that tests/reference/make_wan_encode_goldens.py gives its second autoencoder.
Golden uneven()
{
    Golden golden{std::make_unique<VaeEncoder>(config_of(nlohmann::json::parse(R"({
        "base_dim": 2, "decoder_base_dim": 3, "z_dim": 5, "dim_mult": [1, 2, 3], "num_res_blocks": 1, "temperal_downsample": [true, false],
        "latents_mean": [0.1, -0.2, 0.3, -0.4, 0.5], "latents_std": [0.5, 1.0, 1.5, 2.0, 2.5],
        "scale_factor_spatial": 4, "scale_factor_temporal": 2})"))),
                  {},
                  test::read_golden("vae_encode_uneven.safetensors")};
    const std::string prefix = "weights.";
    for (const auto& [name, value] : golden.cases) {
        if (name.starts_with(prefix)) golden.weights[name.substr(prefix.size())] = value;
    }
    return golden;
}

/// Pixels as the golden script draws them: [batch, 3, frames, height, width] in [-1, 1].
Tensor draw_pixels(const std::vector<std::int64_t>& shape, std::uint64_t seed)
{
    return NoiseStream(seed).normal({shape[0], 3, shape[1], shape[2], shape[3]}).mul_(0.5).clamp_(-1, 1);
}

Tensor golden_pixels(const Golden& golden, const std::string& name)
{
    const Tensor& entry = golden.cases.at(name + ".shape");
    std::vector<std::int64_t> numbers;
    for (std::int64_t i = 0; i < entry.numel(); ++i) numbers.push_back(entry[i].item<std::int64_t>());
    return draw_pixels(numbers, std::uint64_t(numbers.back()));
}

VaePlan tiles_of(const Tensor& entry)
{
    VaePlan how;
    how.method = VaeMethod::Tiles;
    how.tiles = {.tile_width = entry[1].item<int>(),
                 .tile_height = entry[0].item<int>(),
                 .stride_width = entry[3].item<int>(),
                 .stride_height = entry[2].item<int>()};
    return how;
}

VaePlan strips(int count)
{
    VaePlan how;
    how.method = VaeMethod::Strips;
    how.strips = count;
    return how;
}

EncodeShape shape_of(const Tensor& pixels)
{
    return {.batch = pixels.size(0), .frames = pixels.size(2), .height = pixels.size(3), .width = pixels.size(4)};
}

VaeEncoding begin(VaeEncoder& encoder, const EncodeShape& shape, const VaePlan& how, memory::WeightSource& weights,
                  at::ScalarType dtype = at::kFloat)
{
    auto encoding = VaeEncoding::begin(encoder, shape, how, at::TensorOptions().dtype(dtype), weights);
    if (!encoding) qFatal("%s", encoding.error().message.c_str());
    return std::move(*encoding);
}

Tensor encode(VaeEncoder& encoder, const Tensor& pixels, const VaePlan& how, memory::WeightSource& weights,
              at::ScalarType dtype = at::kFloat)
{
    VaeEncoding encoding = begin(encoder, shape_of(pixels), how, weights, dtype);
    if (!encoding.push(pixels)) qFatal("a push failed");
    return *encoding.finish();
}

/// Peak of the bytes that an encode holds beyond its latents, frames made as they are pushed.
std::int64_t counted_peak(Golden& golden, std::int64_t frames, const VaePlan& how)
{
    test::TestWeights weights(golden.weights);
    const std::int64_t before = HostMemory::live_bytes();
    HostMemory::restart_peak();
    VaeEncoding encoding = begin(*golden.encoder, {1, frames, 40, 32}, how, weights);
    for (std::int64_t i = 0; i < frames; ++i) {
        if (!encoding.push(at::zeros({1, 3, 1, 40, 32}))) qFatal("a push failed");
    }
    const Tensor latents = *encoding.finish();
    return HostMemory::peak_bytes() - before - std::int64_t(latents.nbytes());
}

}  // namespace

class TestWanVaeEncoder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::seed_random_numbers(); }
    // The tensors are tiny and ctest runs tests side by side: threads would only wait for each other.
    void initTestCase() { at::set_num_threads(1); }

    void equalsDiffusers_data()
    {
        QTest::addColumn<bool>("is_tiny");
        QTest::addColumn<QString>("name");
        for (const char* name : {"1", "1_smallest", "5", "9_batch", "17", "7_is_5", "4_is_1"})
            QTest::addRow("tiny_wan %s", name) << true << QString(name);
        for (const char* name : {"1", "5", "17"}) QTest::addRow("uneven %s", name) << false << QString(name);
    }
    void equalsDiffusers()
    {
        QFETCH(bool, is_tiny);
        QFETCH(QString, name);
        Golden golden = is_tiny ? tiny_wan() : uneven();
        test::TestWeights weights(golden.weights);
        const Tensor pixels = golden_pixels(golden, name.toStdString());
        const Tensor& latents = golden.cases.at(name.toStdString() + ".latents");
        VaePlan two;
        two.latents_per_chunk = 2;
        const double one_distance = test::max_abs_difference(encode(*golden.encoder, pixels, {}, weights), latents);
        const double two_distance = test::max_abs_difference(encode(*golden.encoder, pixels, two, weights), latents);
        qInfo("max|d|: %.2e with 1 latent a chunk, %.2e with 2", one_distance, two_distance);
        QVERIFY(one_distance <= kParity);
        QVERIFY(two_distance <= kParity);
        QCOMPARE(weights.held(), std::size_t(0));
        QCOMPARE(weights.most_held(), std::size_t(1));
    }

    void tilesEqualDiffusers_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : {"both_axes", "uneven", "one_axis", "no_overlap", "not_engaged"})
            QTest::newRow(name) << QString("tiled_%1").arg(name);
    }
    void tilesEqualDiffusers()
    {
        QFETCH(QString, name);
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights);
        const Tensor pixels = golden_pixels(golden, name.toStdString());
        const Tensor& latents = golden.cases.at(name.toStdString() + ".latents");
        VaePlan how = tiles_of(golden.cases.at(name.toStdString() + ".tiles"));
        const Tensor tiled = encode(*golden.encoder, pixels, how, weights);
        how.latents_per_chunk = 2;
        const double distance = test::max_abs_difference(tiled, latents);
        const double two_distance = test::max_abs_difference(encode(*golden.encoder, pixels, how, weights), latents);
        const double from_whole = test::max_abs_difference(tiled, encode(*golden.encoder, pixels, {}, weights));
        qInfo("max|d|: %.2e with 1 latent a chunk, %.2e with 2; from whole %.2e", distance, two_distance, from_whole);
        QVERIFY(distance <= kParity);
        QVERIFY(two_distance <= kParity);
        QCOMPARE(from_whole == 0, name == "tiled_not_engaged");
    }

    void stripsEqualWhole_data()
    {
        QTest::addColumn<bool>("is_tiny");
        QTest::addColumn<int>("count");
        for (int count : {2, 5, 1000}) {
            QTest::addRow("tiny_wan %d", count) << true << count;
            QTest::addRow("uneven %d", count) << false << count;
        }
    }
    void stripsEqualWhole()
    {
        QFETCH(bool, is_tiny);
        QFETCH(int, count);
        Golden golden = is_tiny ? tiny_wan() : uneven();
        test::TestWeights weights(golden.weights);
        const Tensor pixels = draw_pixels({1, 5, 64, 16}, 9);
        const Tensor whole = encode(*golden.encoder, pixels, {}, weights);
        const double distance = test::max_abs_difference(encode(*golden.encoder, pixels, strips(count), weights), whole);
        qInfo("max|d| from whole: %.2e", distance);
        QVERIFY(distance <= kRounding);
        QCOMPARE(weights.most_held(), std::size_t(1));
    }

    void stripsLoadEachBlockOnceAChunk()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights);
        encode(*golden.encoder, draw_pixels({1, 5, 64, 16}, 9), strips(4), weights);
        QCOMPARE(weights.history().size(), 2 * golden.encoder->blocks().size());
    }

    void everyEncoderKeyIsDeclared()
    {
        Golden golden = uneven();
        test::TestWeights weights(golden.weights);
        encode(*golden.encoder, golden_pixels(golden, "5"), {}, weights);
        const auto unused = weights.unused();
        QVERIFY2(unused.empty(), unused.empty() ? "" : unused.front().c_str());
    }

    void bf16StaysWithinTheReferencesOwnDistance()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights, at::kBFloat16);
        const Tensor latents = encode(*golden.encoder, golden_pixels(golden, "5"), {}, weights, at::kBFloat16);
        QVERIFY(latents.scalar_type() == at::kFloat);
        const Tensor distance = latents.sub(golden.cases.at("5.latents")).abs();
        const double greatest = distance.max().item<double>(), mean = distance.mean().item<double>();
        const double allowed = golden.cases.at("bf16.greatest").item<double>(),
                     allowed_mean = golden.cases.at("bf16.mean").item<double>();
        qInfo("bf16: greatest %.4f (reference %.4f), mean %.5f (reference %.5f)", greatest, allowed, mean, allowed_mean);
        QVERIFY(greatest <= 1.25 * allowed);  // the extremes of two roundings differ more than their means
        QVERIFY(mean <= allowed_mean);
    }

    void batchItemsEqualThemselvesAlone()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights);
        const Tensor pixels = golden_pixels(golden, "9_batch");
        const Tensor batched = encode(*golden.encoder, pixels, {}, weights);
        const Tensor sliced = at::cat({encode(*golden.encoder, pixels.narrow(0, 0, 1), {}, weights),
                                       encode(*golden.encoder, pixels.narrow(0, 1, 1), {}, weights)});
        QVERIFY(test::max_abs_difference(sliced, batched) <= kRounding);
        QVERIFY(test::max_abs_difference(sliced, golden.cases.at("9_batch.latents")) <= kParity);
    }

    void framesMayComeInAnyPortions()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights);
        const Tensor pixels = draw_pixels({1, 14, 16, 24}, 3);
        for (int latents_per_chunk : {1, 2}) {
            VaePlan how;
            how.latents_per_chunk = latents_per_chunk;
            const Tensor at_once = encode(*golden.encoder, pixels, how, weights);
            VaeEncoding encoding = begin(*golden.encoder, shape_of(pixels), how, weights);
            for (std::int64_t first = 0, count = 1; first < 14;
                 first += count, count = std::min<std::int64_t>(count + 2, 14 - first)) {
                QVERIFY(encoding.push(pixels.narrow(2, first, count)).has_value());
            }
            QVERIFY(encoding.finish()->equal(at_once));
            QCOMPARE(at_once.size(2), 4);
        }
    }

    void fewerFramesThanAnnouncedGiveFewerLatents()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights);
        const Tensor pixels = draw_pixels({1, 9, 16, 16}, 3);
        VaeEncoding encoding = begin(*golden.encoder, {1, 33, 16, 16}, {}, weights);
        QVERIFY(encoding.push(pixels).has_value());
        QVERIFY(encoding.finish()->equal(encode(*golden.encoder, pixels, {}, weights)));
        VaeEncoding empty = begin(*golden.encoder, {1, 33, 16, 16}, {}, weights);
        QCOMPARE(empty.finish().error().code, ErrorCode::BadInput);
    }

    void laterFramesDoNotReachBack()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights);
        Tensor pixels = golden_pixels(golden, "17").clone();
        pixels.narrow(2, 1, 16).fill_(std::numeric_limits<float>::quiet_NaN());
        const Tensor latents = encode(*golden.encoder, pixels, {}, weights);
        QVERIFY(test::max_abs_difference(latents.narrow(2, 0, 1), golden.cases.at("17.latents").narrow(2, 0, 1)) <= kParity);
        QVERIFY(latents.narrow(2, 1, 1).isnan().any().item<bool>());
    }

    void memoryDoesNotDependOnTheNumberOfFrames()
    {
        HostMemory::start_counting();
        Golden golden = tiny_wan();
        VaePlan tiles;
        tiles.method = VaeMethod::Tiles;
        tiles.tiles = {.tile_width = 32, .tile_height = 32, .stride_width = 24, .stride_height = 24};
        for (const VaePlan& how : {VaePlan{}, strips(4), tiles}) {
            const std::int64_t few = counted_peak(golden, 9, how), many = counted_peak(golden, 49, how);
            qInfo("counted peak beyond the latents: %lld bytes for 9 frames, %lld for 49", static_cast<long long>(few),
                  static_cast<long long>(many));
            QVERIFY(few > 0);
            QCOMPARE(many, few);
        }
        const std::int64_t whole = counted_peak(golden, 9, {}), banded = counted_peak(golden, 9, strips(4)),
                           tiled = counted_peak(golden, 9, tiles);
        qInfo("counted peak: whole %lld, 4 strips %lld, tiles %lld", static_cast<long long>(whole),
              static_cast<long long>(banded), static_cast<long long>(tiled));
        QVERIFY(banded < whole);
    }

    void thePastStopsGrowingWithTheThirdChunk()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights);
        VaeEncoding encoding = begin(*golden.encoder, {1, 21, 24, 16}, {}, weights);
        QCOMPARE(encoding.past_bytes(), 0);
        std::vector<std::int64_t> sizes;
        for (std::int64_t frames : {1, 4, 4, 4, 4}) {
            QVERIFY(encoding.push(at::zeros({1, 3, frames, 24, 16})).has_value());
            sizes.push_back(encoding.past_bytes());
        }
        QVERIFY(sizes[0] > 0);
        for (std::size_t chunk = 2; chunk < sizes.size(); ++chunk) QCOMPARE(sizes[chunk], sizes[1]);
    }

    void goesThereAndBackAsDiffusersDoes()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights);
        const Tensor time = at::arange(9, at::kFloat).view({1, 9, 1, 1}).div(8),
                     y = at::arange(48, at::kFloat).view({1, 1, 48, 1}).div(47),
                     x = at::arange(64, at::kFloat).view({1, 1, 1, 64}).div(63);
        const Tensor zeros = at::zeros({1, 9, 48, 64});
        const Tensor pixels =
            at::cat({zeros.add(x.mul(y)), zeros.add(x.neg().add(1).mul(time)), zeros.add(time.neg().add(1).mul(y))})
                .unsqueeze(0)
                .mul(2)
                .sub(1);
        VaeDecoder decoder(golden.encoder->config());
        auto decoding = decoder.begin(encode(*golden.encoder, pixels, {}, weights), VaePlan{}, weights);
        std::vector<Tensor> chunks;
        while (const auto chunk = *decoding->next()) chunks.push_back(*chunk);
        const Tensor error = at::cat(chunks, 2).sub(pixels).div(2);
        const double psnr = -10 * std::log10(error.mul(error).mean().item<double>());
        const double expected = golden.cases.at("round_trip.psnr").item<double>();
        qInfo("PSNR of encode → decode: %.5f dB, diffusers %.5f dB", psnr, expected);
        QVERIFY(std::abs(psnr - expected) <= 1e-3);
    }

    void stopsBetweenBlocks()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights);
        std::stop_source stop;
        auto encoding = VaeEncoding::begin(*golden.encoder, {1, 5, 16, 16}, {}, at::kFloat, weights, stop.get_token());
        QVERIFY(encoding->push(at::zeros({1, 3, 1, 16, 16})).has_value());
        stop.request_stop();
        const auto pushed = encoding->push(at::zeros({1, 3, 4, 16, 16}));
        QVERIFY(!pushed.has_value());
        QCOMPARE(pushed.error().code, ErrorCode::Cancelled);
        QCOMPARE(encoding->finish().error().code, ErrorCode::Cancelled);
        QCOMPARE(weights.held(), std::size_t(0));
    }

    void refusesWhatCanNotBeEncoded()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights);
        const auto refusal = [&](const EncodeShape& shape, const VaePlan& how) {
            const auto encoding = VaeEncoding::begin(*golden.encoder, shape, how, at::kFloat, weights);
            return encoding ? std::optional<ErrorCode>() : encoding.error().code;
        };
        QVERIFY(refusal({1, 1, 12, 16}, {}) == ErrorCode::Usage);
        QVERIFY(refusal({1, 1, 16, 0}, {}) == ErrorCode::Usage);
        VaePlan how;
        how.latents_per_chunk = 3;
        QVERIFY(refusal({1, 1, 16, 16}, how) == ErrorCode::Usage);
        how = {};
        how.method = VaeMethod::Tiles;
        how.tiles.stride_width = 264;
        QVERIFY(refusal({1, 1, 16, 16}, how) == ErrorCode::Usage);
        how.tiles = {.tile_width = 36, .tile_height = 32, .stride_width = 24, .stride_height = 24};
        QVERIFY(refusal({1, 1, 16, 16}, how) == ErrorCode::Usage);

        VaeEncoding encoding = begin(*golden.encoder, {1, 5, 16, 16}, {}, weights);
        for (const auto& shape :
             std::vector<std::vector<std::int64_t>>{{1, 4, 1, 16, 16}, {2, 3, 1, 16, 16}, {1, 3, 1, 16, 8}, {3, 1, 16, 16}}) {
            QCOMPARE(encoding.push(at::zeros(shape)).error().code, ErrorCode::BadInput);
        }
    }

    void refusesAutoencodersThatOnlyDecode()
    {
        VaeConfig config;
        QVERIFY(check_encodes(config).has_value());
        config.in_channels = 4;
        QCOMPARE(check_encodes(config).error().code, ErrorCode::BadModel);
        config = {};
        config.num_res_blocks = 0;
        QCOMPARE(check_encodes(config).error().code, ErrorCode::BadModel);
        config = {};
        config.attn_scales = {0.25};
        QCOMPARE(check_encodes(config).error().code, ErrorCode::BadModel);
        config.attn_scales = {0.0625};  // below the last level: nothing is there
        QVERIFY(check_encodes(config).has_value());
    }
};

QTEST_APPLESS_MAIN(TestWanVaeEncoder)
#include "test_vae_encoder.moc"

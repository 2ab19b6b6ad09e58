#include <QtTest>

#include <limits>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include "core/tensor/dry_run.h"
#include "core/tensor/host_memory.h"
#include "tests/core/models/hunyuan_video/vae_goldens.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::models::hunyuan_video;
using namespace headroom::test;

namespace {

constexpr double kParity = 1e-5;
constexpr double kRounding = 1e-6;
// A dry run takes the most that oneDNN asks for beside its weights, 12 KiB; it may want less.
constexpr double kScratch = 12336;

/// Frames pushed one by one, as they come from a file. → the peak above what was there.
template <typename Peak>
std::int64_t peak_of_encode(VaeEncoder& encoder, EncodeShape shape, const VaePlan& how, at::TensorOptions options,
                            memory::WeightSource& weights, const Peak& peak)
{
    const Tensor frame = at::empty({shape.batch, 3, 1, shape.height, shape.width}, options).zero_();
    return peak([&] {
        auto encoding = VaeEncoding::begin(encoder, shape, how, options, weights);
        for (std::int64_t i = 0; i < shape.frames; ++i) {
            if (!encoding->push(frame)) qFatal("a frame was refused");
        }
        if (!encoding->finish()) qFatal("no latents");
    });
}

std::int64_t counted_peak(VaeEncoder& encoder, const Tensors& tensors, EncodeShape shape, const VaePlan& how,
                          at::ScalarType dtype = at::kFloat)
{
    TestWeights weights(tensors, dtype);
    return peak_of_encode(encoder, shape, how, at::TensorOptions().dtype(dtype), weights, [](const auto& work) {
        const std::int64_t before = HostMemory::live_bytes();
        HostMemory::restart_peak();
        work();
        return HostMemory::peak_bytes() - before;
    });
}

std::int64_t forecast_peak(VaeEncoder& encoder, EncodeShape shape, const VaePlan& how, at::ScalarType dtype)
{
    DryRun run(ImitatedDevice::Cpu, 1);
    memory::DryRunWeightSources sources(run, dtype);
    const auto weights = sources.open(nullptr, encoder.blocks());
    return peak_of_encode(encoder, shape, how, at::TensorOptions().dtype(dtype).device(at::kMeta), *weights,
                          [&](const auto& work) {
                              const std::int64_t before = run.live_bytes();
                              run.restart_peak();
                              work();
                              return peak_of(sources) - before;
                          });
}

}  // namespace

class TestHunyuanVaeEncoder : public QObject {
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
        QTest::addColumn<QString>("name");
        for (const char* name : {"1", "5", "9", "17", "21", "25", "29", "17_batch", "5_sliced", "1_tiles", "21_tiles"}) {
            QTest::newRow(name) << QString(name);
        }
    }
    void equalsDiffusers()
    {
        QFETCH(QString, name);
        const Tensors cases = read_golden("hunyuan_vae_encode.safetensors");
        VaeEncoder encoder(four_levels());
        TestWeights weights(weights_in(cases));
        const Tensor& pixels = cases.at(name.toStdString() + ".pixels");
        const Tensor& latents = cases.at(name.toStdString() + ".latents");
        const VaePlan how = plan_of(cases, name.toStdString());
        const double distance = relative_difference(encode(encoder, pixels, how, weights), latents);
        qInfo("relative max|d|: %.2e", distance);
        QVERIFY(distance <= kParity);
        if (pixels.size(0) > 1) {
            const Tensor alone = encode(encoder, pixels.narrow(0, 1, 1), how, weights);
            QVERIFY(relative_difference(alone, latents.narrow(0, 1, 1)) <= kParity);
        }
        QCOMPARE(weights.held(), std::size_t(0));
        QVERIFY2(weights.unused().empty(), weights.unused().empty() ? "" : weights.unused().front().c_str());
    }

    void anyNumberOfFramesAtATimeGivesTheSameLatents()
    {
        const Tensors cases = read_golden("hunyuan_vae_encode.safetensors");
        VaeEncoder encoder(four_levels());
        TestWeights weights(weights_in(cases));
        const Tensor& pixels = cases.at("29.pixels");
        const Tensor expected = encode(encoder, pixels, whole(), weights);
        for (const int at_once : {4, 13, 100}) QVERIFY(encode(encoder, pixels, whole(), weights, at_once).equal(expected));
    }

    void framesThatFillNoLatentAreLeftOut()
    {
        const Tensors cases = read_golden("hunyuan_vae_encode.safetensors");
        VaeEncoder encoder(four_levels());
        TestWeights weights(weights_in(cases));
        const Tensor& pixels = cases.at("29.pixels");
        for (const int frames : {1, 13, 17, 21, 25}) {
            const Tensor expected = encode(encoder, pixels.narrow(2, 0, frames), whole(), weights);
            QVERIFY(encode(encoder, pixels.narrow(2, 0, frames + 3), whole(), weights).equal(expected));
        }
    }

    void stripsGiveTheNumbersOfTheWhole()
    {
        VaeEncoder encoder(wider_levels());
        TestWeights weights(random_weights(encoder.blocks()));
        const Tensor pixels = at::randn({1, 3, 5, 40, 16});
        const Tensor expected = encode(encoder, pixels, whole(), weights);
        for (const int count : {2, 1000}) {
            const double distance = max_abs_difference(encode(encoder, pixels, strips(count), weights), expected);
            qInfo("max|d| of %d strips: %.2e", count, distance);
            QVERIFY(distance <= kRounding);
        }
    }

    void memoryDoesNotDependOnTheNumberOfFrames()
    {
        VaeEncoder encoder(four_levels());
        const Tensors weights = random_weights(encoder.blocks());
        const auto beside_latents = [&](std::int64_t frames, const VaePlan& how) {
            const EncodeShape shape{1, frames, 24, 8};
            return counted_peak(encoder, weights, shape, how) - encoder.config().latent_frames(frames) * 3 * 3 * 1 * 4;
        };
        for (const VaePlan& how : {whole(), tiles({16, 16, 8, 8})}) {
            QCOMPARE(beside_latents(41, how), beside_latents(29, how));
        }
    }

    void aDryRunFindsTheCountedPeak_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::addColumn<int>("method");
        QTest::newRow("whole") << int(at::kFloat) << int(VaeMethod::Whole);
        QTest::newRow("strips") << int(at::kFloat) << int(VaeMethod::Strips);
        QTest::newRow("tiles") << int(at::kFloat) << int(VaeMethod::Tiles);
        QTest::newRow("strips, bfloat16") << int(at::kBFloat16) << int(VaeMethod::Strips);
    }
    void aDryRunFindsTheCountedPeak()
    {
        QFETCH(int, dtype);
        QFETCH(int, method);
        VaeEncoder encoder(wider_levels());
        VaePlan how = VaeMethod(method) == VaeMethod::Tiles ? tiles({16, 16, 16, 16}) : strips(5);
        how.method = VaeMethod(method);
        Tensors weights = random_weights(encoder.blocks());
        for (auto& [name, value] : weights) value = value.to(at::ScalarType(dtype));
        const EncodeShape shape{1, 17, 24, 32};
        counted_peak(encoder, weights, {1, 1, 8, 8}, how,
                     at::ScalarType(dtype));  // LibTorch's first products make things that stay.
        const std::int64_t counted = counted_peak(encoder, weights, shape, how, at::ScalarType(dtype));
        const std::int64_t forecast = forecast_peak(encoder, shape, how, at::ScalarType(dtype));
        qInfo("counted %lld, forecast %lld", (long long)counted, (long long)forecast);
        QVERIFY(std::abs(double(forecast - counted)) <= kScratch);
    }

    void stopsAndGivesItsWeightsBack()
    {
        VaeEncoder encoder(four_levels());
        TestWeights weights(random_weights(encoder.blocks()));
        std::stop_source source;
        auto encoding = VaeEncoding::begin(encoder, {1, 17, 16, 16}, whole(), {}, weights, source.get_token());
        QVERIFY(encoding->push(at::zeros({1, 3, 16, 16, 16})));
        source.request_stop();
        const auto pushed = encoding->push(at::zeros({1, 3, 1, 16, 16}));
        QVERIFY(!pushed);
        QCOMPARE(pushed.error().code, ErrorCode::Cancelled);
        QCOMPARE(weights.held(), std::size_t(0));
    }

    void refusesWhatItCantEncode()
    {
        VaeEncoder encoder(four_levels());
        TestWeights weights({});
        const auto begin = [&](EncodeShape shape, const VaePlan& how) {
            return VaeEncoding::begin(encoder, shape, how, {}, weights);
        };
        QCOMPARE(begin({1, 1, 12, 16}, whole()).error().code, ErrorCode::Usage);
        QCOMPARE(begin({1, 1, 0, 16}, whole()).error().code, ErrorCode::Usage);
        QCOMPARE(begin({1, 1, 16, 16}, strips(0)).error().code, ErrorCode::Usage);
        QCOMPARE(begin({1, 1, 16, 16}, tiles({12, 16, 8, 8})).error().code, ErrorCode::Usage);
        auto encoding = begin({1, 1, 16, 16}, whole());
        QCOMPARE(encoding->push(at::zeros({1, 3, 1, 16, 24})).error().code, ErrorCode::BadInput);
        QCOMPARE(encoding->push(at::zeros({2, 3, 1, 16, 16})).error().code, ErrorCode::BadInput);
        QCOMPARE(encoding->finish().error().code, ErrorCode::BadInput);
    }
};

QTEST_APPLESS_MAIN(TestHunyuanVaeEncoder)
#include "test_vae_encoder.moc"

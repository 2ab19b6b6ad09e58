#include <QtTest>

#include <cmath>

#include <ATen/Parallel.h>
#include <ATen/ops/zeros.h>

#include "core/models/hunyuan_video/hunyuan_frame_decoder.h"
#include "core/models/hunyuan_video/hunyuan_frame_encoder.h"
#include "core/tensor/dry_run.h"
#include "core/tensor/host_memory.h"
#include "tests/core/models/hunyuan_video/vae_goldens.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::models::hunyuan_video;
using namespace headroom::test;

namespace {

// A dry run takes the most that oneDNN asks for beside its weights, 12 KiB; it may want less.
constexpr double kScratch = 12336;

/// Peak of the bytes that a decode holds beyond its latents, frames thrown away as they come.
std::int64_t counted_peak(VaeDecoder& decoder, const Tensors& tensors, const Tensor& latents, const VaePlan& how,
                          at::ScalarType dtype = at::kFloat)
{
    TestWeights weights(tensors, dtype);
    const std::int64_t before = HostMemory::live_bytes();
    HostMemory::restart_peak();
    auto decoding = decoder.begin(latents, how, weights);
    while (*decoding->next()) {
    }
    return HostMemory::peak_bytes() - before;
}

/// The same as a dry run finds it.
std::int64_t forecast_peak(VaeDecoder& decoder, const Tensor& latents, const VaePlan& how, at::ScalarType dtype = at::kFloat)
{
    DryRun run(ImitatedDevice::Cpu, 1);
    memory::DryRunWeightSources sources(run, dtype);
    const auto weights = sources.open(nullptr, decoder.blocks());
    const Tensor dry_latents = latents.to(at::kMeta);
    const std::int64_t before = run.live_bytes();
    run.restart_peak();
    auto decoding = decoder.begin(dry_latents, how, *weights);
    while (*decoding->next()) {
    }
    return peak_of(sources) - before;
}

}  // namespace

class TestHunyuanVaeMemory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { seed_random_numbers(); }
    void initTestCase()
    {
        HostMemory::start_counting();
        at::set_num_threads(1);
        VaeDecoder decoder(four_levels());  // LibTorch's first products make things that stay.
        TestWeights weights(random_weights(decoder.blocks()));
        decode(decoder, at::zeros({1, 3, 1, 1, 1}), whole(), weights);
    }

    void memoryDoesNotDependOnTheNumberOfFrames()
    {
        VaeDecoder decoder(four_levels());
        const Tensors weights = random_weights(decoder.blocks());
        for (const VaePlan& how : {whole(), tiles({16, 16, 8, 8})}) {
            const std::int64_t some = counted_peak(decoder, weights, at::zeros({1, 3, 8, 3, 1}), how);
            QCOMPARE(counted_peak(decoder, weights, at::zeros({1, 3, 11, 3, 1}), how), some);
        }
    }

    void stripsTakeLessMemoryThanTheWhole()
    {
        VaeDecoder decoder(wider_levels());
        const Tensors weights = random_weights(decoder.blocks());
        const Tensor latents = at::zeros({1, 4, 4, 8, 4});
        const double widest = 13.0 * 64 * 32 * 16 * 4;  // Bytes of the last level's features.
        const double by_whole = double(counted_peak(decoder, weights, latents, whole())) / widest;
        const double by_strips = double(counted_peak(decoder, weights, latents, strips(16))) / widest;
        qInfo("peak in tensors of the last level: whole %.2f, strips %.2f", by_whole, by_strips);
        QVERIFY(by_strips < 2.6);
        QVERIFY(by_whole > 3.5);
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
        VaeDecoder decoder(wider_levels());
        VaePlan how = VaeMethod(method) == VaeMethod::Tiles ? tiles({16, 16, 16, 16}) : strips(5);
        how.method = VaeMethod(method);
        Tensors weights = random_weights(decoder.blocks());
        for (auto& [name, value] : weights) value = value.to(at::ScalarType(dtype));
        const Tensor latents = at::zeros({1, 4, 5, 3, 4});
        const std::int64_t counted = counted_peak(decoder, weights, latents, how, at::ScalarType(dtype));
        const std::int64_t forecast = forecast_peak(decoder, latents, how, at::ScalarType(dtype));
        qInfo("counted %lld, forecast %lld", (long long)counted, (long long)forecast);
        QVERIFY(std::abs(double(forecast - counted)) <= kScratch);
    }

    // 720 × 1280 in float16 as a GPU would take it, weights aside. The widest tensor of a decode has 256 channels: 7.5 GiB.
    void thePublishedAutoencoderKeepsTwoTensorsOfItsLastLevel_data()
    {
        QTest::addColumn<int>("method");
        QTest::addColumn<double>("most_gib");
        QTest::newRow("whole") << int(VaeMethod::Whole) << 16.5;
        QTest::newRow("strips") << int(VaeMethod::Strips) << 8.5;
        QTest::newRow("tiles") << int(VaeMethod::Tiles) << 1.5;
    }
    void thePublishedAutoencoderKeepsTwoTensorsOfItsLastLevel()
    {
        QFETCH(int, method);
        QFETCH(double, most_gib);
        VaePlan how = VaeMethod(method) == VaeMethod::Tiles ? tiles({256, 256, 192, 192}) : strips(32);
        how.method = VaeMethod(method);
        VaeDecoder decoder(VaeConfig{});
        DryRun run(ImitatedDevice::Cuda, 1);
        memory::DryRunWeightSources sources(run, at::kHalf);
        const auto weights = sources.open(nullptr, decoder.blocks());
        const Tensor latents = at::zeros({1, 16, 33, 90, 160}, at::TensorOptions().device(at::kMeta));
        const std::int64_t before = run.live_bytes();
        QElapsedTimer timer;
        timer.start();
        auto decoding = decoder.begin(latents, how, *weights);
        for (int chunk = 0; chunk < 2; ++chunk) QVERIFY((*decoding->next()).has_value());
        const double gib = double(peak_of(sources) - before) / double(std::int64_t{1} << 30);
        qInfo("%.2f GiB, walked in %lld ms", gib, (long long)timer.elapsed());
        QVERIFY(gib <= most_gib);
    }
    void aStageWalksDryThroughTheEnginesSeam()
    {
        DryRun run(ImitatedDevice::Cuda, 1);
        memory::DryRunWeightSources decoder_sources(run, at::kHalf), encoder_sources(run, at::kHalf);
        models::StageContext context;
        context.device = at::kMeta;
        context.dtype = at::kHalf;
        context.sources = &decoder_sources;
        const Tensor latents = at::zeros({2, 4, 5, 3, 2}, at::TensorOptions().device(at::kMeta));
        QCOMPARE(HunyuanFrameDecoder::create(wider_levels(), nullptr, latents, whole(), context).error().code, ErrorCode::Usage);
        auto decoder = HunyuanFrameDecoder::create(wider_levels(), nullptr, latents.narrow(0, 0, 1), strips(2), context).value();
        for (const std::int64_t frames : {13, 4}) QCOMPARE((**decoder->next()).sizes(), at::IntArrayRef({1, 3, frames, 24, 16}));
        QVERIFY(!decoder->next()->has_value());

        context.sources = &encoder_sources;
        const models::ClipSize size{.width = 16, .height = 24, .frames = 41};
        auto encoder = HunyuanFrameEncoder::create(wider_levels(), nullptr, size, 1, strips(2), context).value();
        const models::VaeTraits traits = vae_traits();
        std::size_t visits = 0;
        for (const int frames : {traits.first_encoded_frames, traits.later_encoded_frames, traits.later_encoded_frames}) {
            QVERIFY(encoder->push(at::zeros({1, 3, frames, 24, 16}, at::TensorOptions().device(at::kMeta))));
            QCOMPARE(encoder_sources.visits().size(), visits + 6);  // A tile of time: each part once.
            visits += 6;
        }
        QCOMPARE((*encoder->finish()).sizes(), at::IntArrayRef({1, 4, 11, 3, 2}));
        QCOMPARE(encoder_sources.visits().size(), visits);
    }
};

QTEST_APPLESS_MAIN(TestHunyuanVaeMemory)
#include "test_vae_memory.moc"

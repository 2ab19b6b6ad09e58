#include <QtTest>

#include <algorithm>
#include <cmath>
#include <memory>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

#include "core/memory/dry_run_weights.h"
#include "core/models/cogvideox/cogvideox_frame_decoder.h"
#include "core/models/cogvideox/cogvideox_frame_encoder.h"
#include "core/tensor/dry_run.h"
#include "core/tensor/host_memory.h"
#include "tests/core/models/cogvideox/vae_goldens.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::models::cogvideox;
using namespace headroom::test;

Q_DECLARE_METATYPE(headroom::VaePlan)

namespace {

constexpr double kGiB = 1024.0 * 1024 * 1024;

/// What a stage takes besides weights.
struct Peak {
    std::int64_t bytes = 0;
    std::int64_t weight_bytes = 0;  // Of the whole component.
    std::int64_t host_bytes = 0;
};

// Channels of the published autoencoder's proportions, few enough for a test.
VaeConfig small_config()
{
    VaeConfig config;
    config.block_out_channels = {16, 32, 32, 64};
    config.norm_num_groups = 8;
    config.layers_per_block = 1;
    return config;
}

std::vector<std::pair<const char*, VaePlan>> methods()
{
    return {{"whole", {}}, {"3 strips", strips(3)}, {"8 strips", strips(8)}, {"tiles", tiles({32, 32, 16, 16})}};
}

Tensors in_dtype(Tensors tensors, at::ScalarType dtype)
{
    for (auto& [name, tensor] : tensors) tensor = tensor.to(dtype);
    return tensors;
}

/// Runs `work` and counts the most bytes that lived during it beyond those before.
template <typename Work>
std::int64_t counted(const Work& work)
{
    const std::int64_t before = HostMemory::live_bytes();
    HostMemory::restart_peak();
    work();
    return HostMemory::peak_bytes() - before;
}

Peak peak_of(memory::DryRunWeightSources& sources, const DryRun& run, std::int64_t before)
{
    Peak peak{sources.between_peak_bytes(), 0, run.host_peak_bytes()};
    for (const memory::DryVisit& visit : sources.visits()) peak.bytes = std::max(peak.bytes, visit.other_peak_bytes);
    for (const memory::DryBlock& block : sources.blocks()) peak.weight_bytes += block.device_bytes;
    peak.bytes -= before;
    return peak;
}

Peak decode_forecast(const VaeConfig& config, const std::vector<std::int64_t>& latent_shape, const VaePlan& how,
                     at::ScalarType dtype, ImitatedDevice device)
{
    const c10::InferenceMode inference;
    DryRun run(device, 1);
    memory::DryRunWeightSources sources(run, dtype);
    models::StageContext context;
    context.device = at::kMeta;
    context.dtype = dtype;
    context.sources = &sources;
    const Tensor latents = at::empty(latent_shape, at::TensorOptions().dtype(at::kFloat).device(at::kMeta));
    const std::int64_t before = run.live_bytes();
    const auto decoder = *CogVideoXFrameDecoder::create(config, nullptr, latents, how, context);
    while (*decoder->next()) {
    }
    return peak_of(sources, run, before);
}

Peak encode_forecast(const VaeConfig& config, const models::ClipSize& size, const VaePlan& how, at::ScalarType dtype,
                     ImitatedDevice device)
{
    const c10::InferenceMode inference;
    DryRun run(device, 1);
    memory::DryRunWeightSources sources(run, dtype);
    models::StageContext context;
    context.device = at::kMeta;
    context.dtype = dtype;
    context.sources = &sources;
    {
        const auto encoder = *CogVideoXFrameEncoder::create(config, nullptr, size, 1, how, context);
        for (int frame = 0; frame < size.frames; ++frame) {
            Tensor pixels;
            {
                const DryPlacement on_host(DryPlacement::Where::Host);
                pixels = at::empty({1, 3, 1, size.height, size.width}, at::TensorOptions().dtype(at::kFloat).device(at::kMeta));
            }
            if (!encoder->push(pixels)) qFatal("a push failed");
        }
        if (!encoder->finish()) qFatal("unfinished");
    }
    return peak_of(sources, run, 0);
}

/// Stops as weights are asked for the n-th time.
class StoppingWeights : public TestWeights {
public:
    StoppingWeights(Tensors tensors, std::size_t after) : TestWeights(std::move(tensors)), m_after(after) {}
    std::stop_source stop;

protected:
    void fetch(nn::ParameterBlock& block) override
    {
        TestWeights::fetch(block);
        if (history().size() == m_after) stop.request_stop();
    }

private:
    std::size_t m_after;
};

void add_methods()
{
    QTest::addColumn<VaePlan>("how");
    QTest::addColumn<bool>("bf16");
    for (const auto& [name, how] : methods()) {
        QTest::addRow("%s, fp32", name) << how << false;
        QTest::addRow("%s, bf16", name) << how << true;
    }
}

}  // namespace

/// What decodes and encodes take, forecast and counted.
class TestCogVideoXVaeMemory : public QObject {
    Q_OBJECT

    static void compare(std::int64_t forecast, std::int64_t counted_bytes)
    {
        qInfo("forecast %lld, counted %lld bytes", static_cast<long long>(forecast), static_cast<long long>(counted_bytes));
        QVERIFY(std::abs(double(forecast - counted_bytes)) <= 0.01 * double(counted_bytes));
    }

private Q_SLOTS:
    void initTestCase()
    {
        HostMemory::start_counting();
        at::set_num_threads(1);
    }
    void init() { seed_random_numbers(); }

    void aDecodesForecastIsWhatIsCounted_data() { add_methods(); }
    void aDecodesForecastIsWhatIsCounted()
    {
        QFETCH(VaePlan, how);
        QFETCH(bool, bf16);
        const auto dtype = bf16 ? at::kBFloat16 : at::kFloat;
        VaeDecoder decoder(small_config());
        TestWeights weights(in_dtype(random_weights(decoder.blocks()), dtype), dtype);
        const Tensor latents = at::zeros({1, 16, 5, 8, 6});
        const std::int64_t bytes = counted([&] {
            const c10::InferenceMode inference;
            auto decoding = decoder.begin(latents, how, weights);
            while (*decoding->next()) {
            }
        });
        compare(decode_forecast(small_config(), {1, 5, 16, 8, 6}, how, dtype, ImitatedDevice::Cpu).bytes, bytes);
    }

    void anEncodesForecastIsWhatIsCounted_data() { add_methods(); }
    void anEncodesForecastIsWhatIsCounted()
    {
        QFETCH(VaePlan, how);
        QFETCH(bool, bf16);
        const auto dtype = bf16 ? at::kBFloat16 : at::kFloat;
        VaeEncoder encoder(small_config());
        TestWeights weights(in_dtype(random_weights(encoder.blocks()), dtype), dtype);
        const std::int64_t bytes = counted([&] {
            const c10::InferenceMode inference;
            VaeEncoding encoding = begin_encode(encoder, {1, 17, 64, 48}, how, weights, dtype);
            for (int frame = 0; frame < 17; ++frame) {
                if (!encoding.push(at::zeros({1, 3, 1, 64, 48}))) qFatal("a push failed");
            }
            if (!encoding.finish()) qFatal("unfinished");
        });
        compare(encode_forecast(small_config(), {48, 64, 17}, how, dtype, ImitatedDevice::Cpu).bytes, bytes);
    }

    void memoryDoesNotGrowWithTheClip()
    {
        for (const auto& [name, how] : methods()) {
            const auto decoded = [&](std::int64_t frames) {
                return decode_forecast(small_config(), {1, frames, 16, 8, 6}, how, at::kFloat, ImitatedDevice::Cpu).bytes;
            };
            QVERIFY2(decoded(7) > 0 && decoded(7) == decoded(21), name);
            const auto encoded = [&](int frames) {
                const std::int64_t latents = small_config().latent_frames(frames) * 16 * 8 * 6 * 4;
                return encode_forecast(small_config(), {48, 64, frames}, how, at::kFloat, ImitatedDevice::Cpu).bytes - latents;
            };
            QVERIFY2(encoded(25) > 0 && encoded(25) == encoded(81), name);
        }
    }

    void aClipOfOneBatchKeepsNoPast()
    {
        VaeDecoder decoder(golden_config("usual"));
        TestWeights weights(random_weights(decoder.blocks()));
        auto decoding = decoder.begin(at::zeros({1, 4, 3, 2, 2}), {}, weights);
        QVERIFY(decoding->next().has_value());
        QCOMPARE(decoding->past_bytes(), std::int64_t(0));
        auto longer = decoder.begin(at::zeros({1, 4, 5, 2, 2}), {}, weights);
        QVERIFY(longer->next().has_value());
        QVERIFY(longer->past_bytes() > 0);
        QCOMPARE(longer->parked_bytes(), std::int64_t(0));
    }

    void stopsWithinABlock()
    {
        VaeDecoder decoder(golden_config("usual"));
        const Tensors decoder_weights = random_weights(decoder.blocks());
        VaeEncoder encoder(golden_config("usual"));
        const Tensors encoder_weights = random_weights(encoder.blocks());
        for (const auto& [name, how] : {std::pair("strips", strips(2)), std::pair("tiles", tiles({8, 8, 8, 8}))}) {
            for (std::size_t after = 1; after <= 7; ++after) {
                StoppingWeights weights(decoder_weights, after);
                auto decoding = decoder.begin(at::zeros({1, 4, 2, 2, 2}), how, weights, weights.stop.get_token());
                const auto frames = decoding->next();
                QVERIFY2(!frames.has_value() || weights.history().size() == 7, name);
                if (!frames) QCOMPARE(frames.error().code, ErrorCode::Cancelled);
                QCOMPARE(weights.history().size(), after);
                QCOMPARE(weights.held(), std::size_t(0));

                StoppingWeights others(encoder_weights, after);
                VaeEncoding encoding = begin_encode(encoder, {1, 8, 16, 16}, how, others, at::kFloat, others.stop.get_token());
                const auto pushed = encoding.push(at::zeros({1, 3, 8, 16, 16}));
                QVERIFY2(!pushed.has_value() || others.history().size() == 7, name);
                QCOMPARE(others.history().size(), after);
                QCOMPARE(others.held(), std::size_t(0));
                QCOMPARE(encoding.finish().error().code, ErrorCode::Cancelled);
            }
        }
    }

    // The published autoencoder in bfloat16 on a GPU.
    void thePublishedAutoencoderDecodesWithinItsAim()
    {
        const std::vector<std::int64_t> shape{1, 13, 16, 60, 90};
        const auto forecast = [&](const VaePlan& how) {
            return decode_forecast(VaeConfig(), shape, how, at::kBFloat16, ImitatedDevice::Cuda);
        };
        const Peak on_device = forecast(strips(12)), on_host = forecast(strips(12, CachePlace::Host));
        qInfo("12 strips: %.2f GiB, with the cache on the host %.2f (%.2f there); weights %.2f", double(on_device.bytes) / kGiB,
              double(on_host.bytes) / kGiB, double(on_host.host_bytes) / kGiB, double(on_host.weight_bytes) / kGiB);
        QVERIFY(double(on_host.bytes + on_host.weight_bytes) <= 3.5 * kGiB);
        QVERIFY(on_host.bytes < on_device.bytes);
    }
};

QTEST_APPLESS_MAIN(TestCogVideoXVaeMemory)
#include "test_vae_memory.moc"

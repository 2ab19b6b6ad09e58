#include <QtTest>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>

#include "core/memory/dry_run_weights.h"
#include "core/models/hunyuan_video/hunyuan_video_denoiser.h"
#include "core/sampling/flow_match_euler.h"
#include "core/tensor/dry_run.h"
#include "core/tensor/host_memory.h"
#include "tests/core/models/hunyuan_video/transformer_goldens.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::models;
using namespace headroom::models::hunyuan_video;
using namespace headroom::test;

namespace {

constexpr int kSteps = 4;
constexpr GuidanceScales kBoth{.embedded = 6.0, .classifier_free = 3.0};

/// Gives weights out and keeps an eye on them.
class Sources : public memory::WeightSources {
public:
    std::unique_ptr<memory::WeightSource> open(const files::WeightIndex*, std::vector<nn::ParameterBlock*>) override
    {
        auto weights = std::make_unique<TestWeights>(tensors, dtype);
        opened = weights.get();
        return weights;
    }

    Tensors tensors = hunyuan_weights("small");
    at::ScalarType dtype = at::kFloat;
    TestWeights* opened = nullptr;
};

StageContext context_of(Sources& sources)
{
    StageContext context;
    context.dtype = sources.dtype;
    context.sources = &sources;
    return context;
}

/// Prompts of the small model.
Conditioning two_prompts(std::int64_t tokens, std::int64_t negative_tokens)
{
    return {{kPromptEmbeds, at::randn({tokens, 12})},
            {kPooledPromptEmbeds, at::randn({8})},
            {kNegativePromptEmbeds, at::randn({negative_tokens, 12})},
            {kNegativePooledPromptEmbeds, at::randn({8})}};
}

sampling::FlowMatchEuler pipeline_scheduler(int steps)
{
    return {{.shift = 7.0, .levels = sampling::FlowMatchEulerConfig::Levels::EvenToZero}, steps};
}

/// The latents after the steps of the pipeline's loop.
Tensor denoise(const Conditioning& prompts, const DenoisePlan& how, at::ScalarType dtype, Tensor latents)
{
    Sources sources;
    sources.dtype = dtype;
    HunyuanVideoDenoiser denoiser(hunyuan_config("small"), nullptr, prompts, kBoth, how, context_of(sources));
    sampling::FlowMatchEuler scheduler = pipeline_scheduler(kSteps);
    for (std::size_t i = 0; i < kSteps; ++i) {
        latents = scheduler.step(denoiser.predict(latents, scheduler.timesteps()[i]).value(), i, latents, {});
    }
    return latents;
}

Tensor denoise(const DenoisePlan& how, at::ScalarType dtype, int batch, std::int64_t negative_tokens)
{
    seed_random_numbers();
    const Conditioning prompts = two_prompts(9, negative_tokens);
    return denoise(prompts, how, dtype, at::randn({batch, 4, 3, 8, 8}));
}

/// What two steps take on the CPU besides latents and prompts. One step goes before: LibTorch's first products make things that
/// stay.
std::int64_t counted_peak(const TransformerConfig& config, const Conditioning& prompts, const DenoisePlan& how, Sources& sources,
                          const Tensor& latents)
{
    HunyuanVideoDenoiser(config, nullptr, prompts, kBoth, how, context_of(sources)).predict(latents, 500.0).value();
    HunyuanVideoDenoiser denoiser(config, nullptr, prompts, kBoth, how, context_of(sources));
    const std::int64_t before = HostMemory::live_bytes();
    HostMemory::restart_peak();
    for (int i = 0; i < 2; ++i) denoiser.predict(latents, 500.0).value();
    return HostMemory::peak_bytes() - before;
}

/// The same as a dry run finds it. Of `dtype` on the run's device.
std::int64_t forecast_peak(const TransformerConfig& config, const Conditioning& prompts, const DenoisePlan& how, DryRun& run,
                           const Tensor& latents, at::ScalarType dtype = at::kFloat)
{
    memory::DryRunWeightSources weights(run, dtype);
    StageContext context;
    context.device = at::kMeta;
    context.dtype = dtype;
    context.sources = &weights;
    const Tensor dry_latents = latents.to(at::kMeta);
    Conditioning dry_prompts;
    for (const auto& [name, tensor] : prompts) dry_prompts[name] = tensor.to(at::kMeta);
    HunyuanVideoDenoiser denoiser(config, nullptr, dry_prompts, kBoth, how, context);
    const std::int64_t before = run.live_bytes();
    run.restart_peak();
    for (int i = 0; i < 2; ++i) denoiser.predict(dry_latents, 500.0).value();
    std::int64_t peak = weights.between_peak_bytes();
    for (const memory::DryVisit& visit : weights.visits()) peak = std::max(peak, visit.other_peak_bytes);
    return peak - before;
}

}  // namespace

class TestHunyuanVideoDenoiser : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::seed_random_numbers(); }
    void initTestCase()
    {
        HostMemory::start_counting();
        at::set_num_threads(1);
    }

    /// bfloat16: the pipeline keeps its latents in it, this keeps them in float32, so it ends nearer to float32's.
    void denoisesAsThePipeline()
    {
        Tensors golden = hunyuan_golden("guided");
        const Conditioning prompts(golden.begin(), golden.end());
        const Tensor& exact = golden.at("reference");
        QVERIFY(relative_difference(denoise(prompts, {}, at::kFloat, golden.at("noise")), exact) <= 1e-5);
        const double ours = relative_difference(denoise(prompts, {}, at::kBFloat16, golden.at("noise")), exact);
        const double theirs = relative_difference(golden.at("reference_bfloat16"), exact);
        qInfo("bfloat16 to float32 after %d steps: %.2e, the pipeline's own %.2e", kSteps, ours, theirs);
        QVERIFY(ours <= 1.2 * theirs);
    }

    void stepsFallWhereThePipelinesDo_data()
    {
        QTest::addColumn<int>("steps");
        for (const int steps : {1, 4, 50}) QTest::addRow("%d", steps) << steps;
    }
    void stepsFallWhereThePipelinesDo()
    {
        QFETCH(int, steps);
        const std::string suffix = "_" + std::to_string(steps);
        const sampling::FlowMatchEuler scheduler = pipeline_scheduler(steps);
        const Tensors golden = hunyuan_golden("guided");
        QVERIFY(at::tensor(scheduler.timesteps(), at::kDouble).equal(golden.at("timesteps" + suffix).to(at::kDouble)));
        QVERIFY(at::tensor(scheduler.sigmas(), at::kFloat).equal(golden.at("sigmas" + suffix)));
        QCOMPARE(scheduler.timesteps().front(), 1000.0);  // rounding to bfloat16 leaves it alone
    }

    void roundsWhatTheModelIsToldAsThePipeline_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::addColumn<double>("same_scale");
        QTest::addColumn<double>("same_timestep");
        QTest::newRow("bfloat16") << int(at::kBFloat16) << 6.01 << 996.9;
        QTest::newRow("float16") << int(at::kHalf) << 6.001 << 995.2;
        QTest::newRow("float32") << int(at::kFloat) << 6.0 << 995.1;
    }
    void roundsWhatTheModelIsToldAsThePipeline()
    {
        QFETCH(int, dtype);
        QFETCH(double, same_scale);
        QFETCH(double, same_timestep);
        Sources sources;
        sources.dtype = at::ScalarType(dtype);
        const Conditioning prompts = two_prompts(5, 2);
        const Tensor latents = at::randn({1, 4, 1, 4, 4});
        const auto predict = [&](double scale, double timestep) {
            HunyuanVideoDenoiser denoiser(hunyuan_config("small"), nullptr, prompts, {.embedded = scale}, {},
                                          context_of(sources));
            return denoiser.predict(latents, timestep).value();
        };
        const Tensor usual = predict(6.0, 995.1);
        QVERIFY(predict(same_scale, same_timestep).equal(usual));
        QVERIFY(!predict(6.2, 995.1).equal(usual));
        QVERIFY(!predict(6.0, 980.0).equal(usual));
    }

    void guidesAwayFromTheNegativePrompt()
    {
        Sources sources;
        const Conditioning prompts = two_prompts(9, 4);
        const Tensor latents = at::randn({1, 4, 1, 4, 4});
        const auto predict = [&](const Conditioning& conditioning, double scale) {
            const GuidanceScales scales{.embedded = 6.0, .classifier_free = scale};
            return HunyuanVideoDenoiser(hunyuan_config("small"), nullptr, conditioning, scales, {}, context_of(sources))
                .predict(latents, 500.0)
                .value();
        };
        const Conditioning only_negative{{kPromptEmbeds, prompts.at(kNegativePromptEmbeds)},
                                         {kPooledPromptEmbeds, prompts.at(kNegativePooledPromptEmbeds)}};
        const Tensor with = predict(prompts, 1.0), without = predict(only_negative, 1.0);
        QVERIFY(relative_difference(predict(prompts, 3.0), without.add(with.sub(without).mul(3.0))) <= 1e-6);
        QVERIFY(relative_difference(with, without) > 1e-3);
    }

    void ordersAgree_data()
    {
        QTest::addColumn<int>("token_rows");
        QTest::addColumn<int>("head_groups");
        QTest::addColumn<int>("batch");
        QTest::addColumn<int>("negative_tokens");
        QTest::newRow("of different lengths") << 0 << 1 << 1 << 4;
        QTest::newRow("of different lengths, pieces, groups, two clips") << 32 << 2 << 2 << 4;
        QTest::newRow("as long as each other") << 0 << 1 << 1 << 9;
        QTest::newRow("as long as each other, pieces, groups, two clips") << 32 << 2 << 2 << 9;
    }
    void ordersAgree()
    {
        QFETCH(int, token_rows);
        QFETCH(int, head_groups);
        QFETCH(int, batch);
        QFETCH(int, negative_tokens);
        for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16}) {
            const auto with = [&](GuidanceOrder order) {
                return denoise({order, token_rows, head_groups}, dtype, batch, negative_tokens);
            };
            const Tensor sequential = with(GuidanceOrder::Sequential);
            QVERIFY(with(GuidanceOrder::Interleaved).equal(sequential));
            const double batched = relative_difference(with(GuidanceOrder::Batched), sequential);
            qInfo("batched after %d steps: %.2e", kSteps, batched);
            QVERIFY(batched <= (dtype == at::kFloat ? 1e-5 : 1.0 / 32));
            if (negative_tokens == 4) QCOMPARE(batched, 0.0);
        }
    }

    void loadsEachBlockOnceAStep_data()
    {
        QTest::addColumn<int>("order");
        QTest::addColumn<int>("negative_tokens");
        QTest::addColumn<int>("loads");
        QTest::newRow("sequential") << int(GuidanceOrder::Sequential) << 4 << 2 * kSteps;
        QTest::newRow("interleaved") << int(GuidanceOrder::Interleaved) << 4 << kSteps;
        QTest::newRow("batched") << int(GuidanceOrder::Batched) << 9 << kSteps;
        QTest::newRow("batched of different lengths") << int(GuidanceOrder::Batched) << 4 << kSteps;
    }
    void loadsEachBlockOnceAStep()
    {
        QFETCH(int, order);
        QFETCH(int, negative_tokens);
        QFETCH(int, loads);
        Sources sources;
        HunyuanVideoDenoiser denoiser(hunyuan_config("small"), nullptr, two_prompts(9, negative_tokens), kBoth,
                                      {.guidance = GuidanceOrder(order)}, context_of(sources));
        for (int i = 0; i < kSteps; ++i) QVERIFY(denoiser.predict(at::randn({1, 4, 1, 4, 4}), 100.0 * i).has_value());
        const auto& history = sources.opened->history();
        for (const char* block :
             {"text_embedding", "refiner_blocks.0", "embedding", "transformer_blocks.1", "single_transformer_blocks.0", "head"}) {
            QCOMPARE(int(std::ranges::count(history, std::string(block))), loads);
        }
        QCOMPARE(sources.opened->most_held(), std::size_t(1));
        QCOMPARE(sources.opened->held(), std::size_t(0));
    }

    void wantsAPrompt()
    {
        Sources sources;
        HunyuanVideoDenoiser denoiser(hunyuan_config("small"), nullptr, {{kPromptEmbeds, at::randn({3, 12})}}, kBoth, {},
                                      context_of(sources));
        const auto refused = denoiser.predict(at::randn({1, 4, 1, 4, 4}), 1.0);
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::Usage);
    }

    /// A dry run of each form finds the peak that the form has.
    void dryRunsForecastThePeak_data()
    {
        QTest::addColumn<int>("order");
        QTest::addColumn<int>("token_rows");
        QTest::addColumn<int>("head_groups");
        QTest::addColumn<int>("batch");
        for (const GuidanceOrder order : {GuidanceOrder::Sequential, GuidanceOrder::Interleaved, GuidanceOrder::Batched}) {
            for (const int rows : {0, 48}) {
                for (const int groups : {1, 2}) {
                    for (const int batch : {1, 2}) {
                        QTest::addRow("%d, %d, %d, %d", int(order), rows, groups, batch) << int(order) << rows << groups << batch;
                    }
                }
            }
        }
    }
    void dryRunsForecastThePeak()
    {
        QFETCH(int, order);
        QFETCH(int, token_rows);
        QFETCH(int, head_groups);
        QFETCH(int, batch);
        const DenoisePlan how{GuidanceOrder(order), token_rows, head_groups};
        TransformerConfig config = hunyuan_config("small");
        config.num_attention_heads = 8;
        Sources sources;
        sources.tensors = filled_hunyuan_weights(config);
        const Conditioning prompts = two_prompts(9, 9);
        const Tensor latents = at::randn({batch, 4, 3, 18, 22});  // 297 tokens
        const std::int64_t counted = counted_peak(config, prompts, how, sources, latents);
        DryRun run(ImitatedDevice::Cpu, 1);
        const std::int64_t forecast = forecast_peak(config, prompts, how, run, latents);
        qInfo("forecast %lld, counted %lld bytes", (long long)forecast, (long long)counted);
        QVERIFY(std::abs(double(forecast - counted)) <= 0.01 * double(counted));
    }

    /// All but weights of the published model in bfloat16 on a GPU, 1280×720×129; the issue wants the run within 6 GiB.
    void publishedModelLeavesRoomForItsWeights_data()
    {
        QTest::addColumn<int>("token_rows");
        QTest::addColumn<int>("head_groups");
        QTest::addColumn<double>("most_gib");
        QTest::newRow("usual pieces") << 0 << 1 << 2.5;
        QTest::newRow("all at once") << 200000 << 1 << 6.5;
        QTest::newRow("2048 rows") << 2048 << 1 << 2.3;
        QTest::newRow("2048 rows, 2 groups") << 2048 << 2 << 2.3;
        QTest::newRow("2048 rows, 4 groups") << 2048 << 4 << 1.9;
        QTest::newRow("2048 rows, 24 groups") << 2048 << 24 << 1.7;
    }
    void publishedModelLeavesRoomForItsWeights()
    {
        QFETCH(int, token_rows);
        QFETCH(int, head_groups);
        QFETCH(double, most_gib);
        const auto meta = at::TensorOptions().device(at::kMeta).dtype(at::kFloat);
        const Conditioning prompts{{kPromptEmbeds, at::empty({256, 4096}, meta)}, {kPooledPromptEmbeds, at::empty({768}, meta)}};
        const Tensor latents = at::empty({1, 16, 33, 90, 160}, meta);
        DryRun run(ImitatedDevice::Cuda, 1);
        const std::int64_t peak =
            forecast_peak({}, prompts, {.token_rows = token_rows, .head_groups = head_groups}, run, latents, at::kBFloat16);
        qInfo("%.3f GiB besides weights; products %.1f TFLOP, attention %.1f", double(peak) / (1 << 30),
              run.work().product_flops / 2e12, run.work().attention_flops / 2e12);
        QVERIFY(double(peak) / (1 << 30) <= most_gib);
    }
};

QTEST_APPLESS_MAIN(TestHunyuanVideoDenoiser)
#include "test_hunyuan_video_denoiser.moc"

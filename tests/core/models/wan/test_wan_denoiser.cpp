#include <QtTest>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>

#include <ATen/Parallel.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <nlohmann/json.hpp>

#include "core/memory/dry_run_weights.h"
#include "core/models/wan/wan_denoiser.h"
#include "core/tensor/dry_run.h"
#include "core/tensor/host_memory.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::models;
using namespace headroom::models::wan;
using namespace headroom::test;

namespace {

constexpr int kSteps = 4;
constexpr double kGuidance = 5.0;

nlohmann::json tiny_json(const char* path)
{
    std::ifstream stream(std::filesystem::path(HEADROOM_GOLDENS_DIR) / "tiny_wan" / path);
    return nlohmann::json::parse(stream);
}

TransformerConfig tiny_config()
{
    return parse_transformer_config(tiny_json("transformer/config.json"), "config.json").value();
}

/// The tiny model's weights; asks the run to stop when a block is fetched for the n-th time.
class Weights : public TestWeights {
public:
    using TestWeights::TestWeights;

    void stop_at(std::string block, int time, std::stop_source& stop)
    {
        m_block = std::move(block);
        m_time = time;
        m_stop = &stop;
    }

protected:
    void fetch(nn::ParameterBlock& block) override
    {
        TestWeights::fetch(block);
        if (block.name == m_block && --m_time == 0) m_stop->request_stop();
    }

private:
    std::string m_block;
    int m_time = 0;
    std::stop_source* m_stop = nullptr;
};

/// Gives the weights out and keeps an eye on them.
class Sources : public memory::WeightSources {
public:
    std::unique_ptr<memory::WeightSource> open(const files::WeightIndex*, std::vector<nn::ParameterBlock*>) override
    {
        auto weights = std::make_unique<Weights>(tensors, dtype);
        if (stop) weights->stop_at("blocks.1", stop_time, *stop);
        opened = weights.get();
        return weights;
    }

    Tensors tensors = read_golden("tiny_wan/transformer/diffusion_pytorch_model.safetensors");
    at::ScalarType dtype = at::kFloat;
    std::stop_source* stop = nullptr;
    int stop_time = 1;
    Weights* opened = nullptr;
};

StageContext context_of(Sources& sources, std::stop_token stop = {})
{
    StageContext context;
    context.dtype = sources.dtype;
    context.sources = &sources;
    context.stop = std::move(stop);
    return context;
}

/// Prompts of different lengths, so that they are padded differently.
Conditioning two_prompts()
{
    return {{kPromptEmbeds, at::randn({11, 32})}, {kNegativePromptEmbeds, at::randn({4, 32})}};
}

Tensors filled_weights(const TransformerConfig& config)
{
    Tensors filled;
    Transformer transformer(config);
    for (const nn::ParameterBlock* block : transformer.blocks()) {
        for (const nn::Parameter* parameter : block->parameters) filled[parameter->name] = at::full(parameter->shape, 0.01);
    }
    return filled;
}

/// What two steps take on the CPU besides latents and prompts. One step goes before: LibTorch's first products make things that
/// stay.
std::int64_t counted_peak(const TransformerConfig& config, const Conditioning& prompts, const DenoisePlan& how, Sources& sources,
                          const Tensor& latents)
{
    WanDenoiser(config, nullptr, prompts, kGuidance, how, context_of(sources)).predict(latents, 500.0).value();
    WanDenoiser denoiser(config, nullptr, prompts, kGuidance, how, context_of(sources));
    const std::int64_t before = HostMemory::live_bytes();
    HostMemory::restart_peak();
    for (int i = 0; i < 2; ++i) denoiser.predict(latents, 500.0).value();
    return HostMemory::peak_bytes() - before;
}

/// The same as a dry run finds it.
std::int64_t forecast_peak(const TransformerConfig& config, const Conditioning& prompts, const DenoisePlan& how, DryRun& run,
                           const Tensor& latents)
{
    memory::DryRunWeightSources weights(run, at::kFloat);
    StageContext context;
    context.device = at::kMeta;
    context.sources = &weights;
    const Tensor dry_latents = latents.to(at::kMeta);
    Conditioning dry_prompts;
    for (const auto& [name, tensor] : prompts) dry_prompts[name] = tensor.to(at::kMeta);
    WanDenoiser denoiser(config, nullptr, dry_prompts, kGuidance, how, context);
    const std::int64_t before = run.live_bytes();
    run.restart_peak();
    for (int i = 0; i < 2; ++i) denoiser.predict(dry_latents, 500.0).value();
    std::int64_t peak = weights.between_peak_bytes();
    for (const memory::DryVisit& visit : weights.visits()) peak = std::max(peak, visit.other_peak_bytes);
    return peak - before;
}

/// The latents after a few steps.
Tensor denoise(const Conditioning& prompts, const DenoisePlan& how, Sources& sources, int batch = 1)
{
    const StageContext context = context_of(sources);
    WanDenoiser denoiser(tiny_config(), nullptr, prompts, kGuidance, how, context);
    const auto scheduler = sampling::make_scheduler(tiny_json("scheduler/scheduler_config.json"), kSteps).value();
    seed_random_numbers();
    Tensor latents = at::randn({batch, 16, 3, 8, 8});
    for (std::size_t i = 0; i < scheduler->timesteps().size(); ++i) {
        latents = scheduler->step(denoiser.predict(latents, scheduler->timesteps()[i]).value(), i, latents);
    }
    return latents;
}

Tensor denoise(const DenoisePlan& how, at::ScalarType dtype, int batch = 1)
{
    seed_random_numbers();
    Sources sources;
    sources.dtype = dtype;
    return denoise(two_prompts(), how, sources, batch);
}

}  // namespace

class TestWanDenoiser : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::seed_random_numbers(); }
    void initTestCase()
    {
        HostMemory::start_counting();
        at::set_num_threads(1);
    }

    void guidesAwayFromTheNegativePrompt()
    {
        Sources sources;
        const StageContext context = context_of(sources);
        const Conditioning prompts = two_prompts();
        const Tensor latents = at::randn({1, 16, 1, 4, 4});
        const auto predict = [&](const Conditioning& conditioning, double guidance) {
            return WanDenoiser(tiny_config(), nullptr, conditioning, guidance, {}, context).predict(latents, 500.0).value();
        };
        const Tensor with = predict({{kPromptEmbeds, prompts.at(kPromptEmbeds)}}, kGuidance);
        const Tensor without = predict({{kPromptEmbeds, prompts.at(kNegativePromptEmbeds)}}, kGuidance);
        QVERIFY(relative_difference(predict(prompts, kGuidance), without.add(with.sub(without).mul(kGuidance))) <= 1e-6);
    }

    void interleavedGivesTheBitsOfSequential_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::addColumn<int>("token_rows");
        QTest::addColumn<int>("head_groups");
        for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16}) {
            QTest::addRow("%s", c10::toString(dtype)) << int(dtype) << 0 << 1;
            QTest::addRow("%s in pieces and groups", c10::toString(dtype)) << int(dtype) << 32 << 2;
        }
    }
    void interleavedGivesTheBitsOfSequential()
    {
        QFETCH(int, dtype);
        QFETCH(int, token_rows);
        QFETCH(int, head_groups);
        const auto with = [&](GuidanceOrder order) {
            return denoise({.guidance = order, .token_rows = token_rows, .head_groups = head_groups}, at::ScalarType(dtype), 2);
        };
        QVERIFY(with(GuidanceOrder::Interleaved).equal(with(GuidanceOrder::Sequential)));
    }

    void batchedAndCutAgreeWithSequential_data()
    {
        QTest::addColumn<int>("token_rows");
        QTest::addColumn<int>("head_groups");
        QTest::addColumn<int>("order");
        QTest::addColumn<int>("batch");
        QTest::newRow("batched") << 0 << 1 << int(GuidanceOrder::Batched) << 1;
        QTest::newRow("batched, two clips") << 0 << 1 << int(GuidanceOrder::Batched) << 2;
        QTest::newRow("batched, pieces, groups") << 32 << 2 << int(GuidanceOrder::Batched) << 1;
        QTest::newRow("pieces") << 32 << 1 << int(GuidanceOrder::Sequential) << 1;
        QTest::newRow("groups") << 0 << 2 << int(GuidanceOrder::Sequential) << 1;
    }
    void batchedAndCutAgreeWithSequential()
    {
        QFETCH(int, token_rows);
        QFETCH(int, head_groups);
        QFETCH(int, order);
        QFETCH(int, batch);
        const DenoisePlan how{GuidanceOrder(order), token_rows, head_groups};
        const double in_float32 = relative_difference(denoise(how, at::kFloat, batch), denoise({}, at::kFloat, batch));
        const double in_bfloat16 = relative_difference(denoise(how, at::kBFloat16, batch), denoise({}, at::kBFloat16, batch));
        qInfo("after %d steps: float32 %.2e, bfloat16 %.2e", kSteps, in_float32, in_bfloat16);
        QVERIFY(in_float32 <= 1e-5);
        QVERIFY(in_bfloat16 <= 4.0 / 256);
    }

    void loadsEachBlockOnceAStep_data()
    {
        QTest::addColumn<int>("order");
        QTest::addColumn<int>("loads");
        QTest::newRow("sequential") << int(GuidanceOrder::Sequential) << 2 * kSteps;
        QTest::newRow("interleaved") << int(GuidanceOrder::Interleaved) << kSteps;
        QTest::newRow("batched") << int(GuidanceOrder::Batched) << kSteps;
    }
    void loadsEachBlockOnceAStep()
    {
        QFETCH(int, order);
        QFETCH(int, loads);
        Sources sources;
        const StageContext context = context_of(sources);
        WanDenoiser denoiser(tiny_config(), nullptr, two_prompts(), kGuidance, {.guidance = GuidanceOrder(order)}, context);
        for (int i = 0; i < kSteps; ++i) QVERIFY(denoiser.predict(at::randn({1, 16, 1, 4, 4}), 100.0 * i).has_value());
        const auto& history = sources.opened->history();
        for (const char* block : {"embedding", "blocks.0", "blocks.1", "blocks.2", "head"}) {
            QCOMPARE(std::ranges::count(history, std::string(block)), loads);
        }
        const int prompts = GuidanceOrder(order) == GuidanceOrder::Batched ? 1 : 2;
        QCOMPARE(std::ranges::count(history, std::string("text_embedding")), prompts);
        QCOMPARE(sources.opened->most_held(), std::size_t(1));
        QCOMPARE(sources.opened->held(), std::size_t(0));
    }

    void ordersNeedNoNegativePrompt()
    {
        const Conditioning one{{kPromptEmbeds, at::randn({11, 32})}};
        Sources sources;
        const Tensor sequential = denoise(one, {}, sources);
        for (const GuidanceOrder order : {GuidanceOrder::Interleaved, GuidanceOrder::Batched}) {
            QVERIFY(denoise(one, {.guidance = order}, sources).equal(sequential));
        }
    }

    /// A dry run of each form finds the peak that the form has.
    void dryRunsForecastThePeak_data()
    {
        QTest::addColumn<int>("order");
        QTest::addColumn<int>("token_rows");
        QTest::addColumn<int>("head_groups");
        for (const GuidanceOrder order : {GuidanceOrder::Sequential, GuidanceOrder::Interleaved, GuidanceOrder::Batched}) {
            for (const int rows : {0, 48}) {
                for (const int groups : {1, 2})
                    QTest::addRow("%d, %d, %d", int(order), rows, groups) << int(order) << rows << groups;
            }
        }
    }
    void dryRunsForecastThePeak()
    {
        QFETCH(int, order);
        QFETCH(int, token_rows);
        QFETCH(int, head_groups);
        const DenoisePlan how{GuidanceOrder(order), token_rows, head_groups};
        TransformerConfig config = tiny_config();
        config.num_attention_heads = 8;
        config.num_layers = 2;
        Sources sources;
        sources.tensors = filled_weights(config);
        const Conditioning prompts = two_prompts();
        const Tensor latents = at::randn({1, 16, 3, 18, 22});  // 297 tokens
        const std::int64_t counted = counted_peak(config, prompts, how, sources, latents);
        DryRun run(ImitatedDevice::Cpu, 1);
        const std::int64_t forecast = forecast_peak(config, prompts, how, run, latents);
        qInfo("forecast %lld, counted %lld bytes", (long long)forecast, (long long)counted);
        QVERIFY(std::abs(double(forecast - counted)) <= 0.01 * double(counted));
    }

    void stopsInTheMiddleOfAStep_data()
    {
        QTest::addColumn<int>("order");
        QTest::addColumn<int>("time");
        QTest::newRow("sequential, first pass") << int(GuidanceOrder::Sequential) << 1;
        QTest::newRow("sequential, second pass") << int(GuidanceOrder::Sequential) << 2;
        QTest::newRow("interleaved") << int(GuidanceOrder::Interleaved) << 1;
        QTest::newRow("batched") << int(GuidanceOrder::Batched) << 1;
    }
    void stopsInTheMiddleOfAStep()
    {
        QFETCH(int, order);
        QFETCH(int, time);
        std::stop_source stop;
        Sources sources;
        sources.stop = &stop;
        sources.stop_time = time;
        const StageContext context = context_of(sources, stop.get_token());
        WanDenoiser denoiser(tiny_config(), nullptr, two_prompts(), kGuidance, {.guidance = GuidanceOrder(order)}, context);
        const auto stopped = denoiser.predict(at::randn({1, 16, 3, 8, 8}), 500.0);
        QVERIFY(!stopped.has_value());
        QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
        QCOMPARE(sources.opened->history().back(), std::string("blocks.1"));
        QCOMPARE(sources.opened->held(), std::size_t(0));
    }
};

QTEST_APPLESS_MAIN(TestWanDenoiser)
#include "test_wan_denoiser.moc"

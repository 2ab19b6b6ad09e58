#include <QtTest>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <nlohmann/json.hpp>

#include "core/memory/dry_run_weights.h"
#include "core/models/cogvideox/cogvideox_denoiser.h"
#include "core/tensor/dry_run.h"
#include "core/tensor/host_memory.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::models;
using namespace headroom::models::cogvideox;
using namespace headroom::test;

namespace {

constexpr int kSteps = 4;
constexpr double kGuidance = 6.0;

nlohmann::json read_json(const std::filesystem::path& path)
{
    std::ifstream stream(path);
    return nlohmann::json::parse(stream);
}

TransformerConfig config_of(const std::string& folder)
{
    return parse_transformer_config(
               read_json(std::filesystem::path(HEADROOM_GOLDENS_DIR) / folder / "transformer" / "config.json"), folder)
        .value();
}

/// Asks the run to stop when a block is fetched for the n-th time.
class Weights : public TestWeights {
public:
    using TestWeights::TestWeights;

    std::stop_source* stop = nullptr;
    int stop_time = 0;

protected:
    void fetch(nn::ParameterBlock& block) override
    {
        TestWeights::fetch(block);
        if (stop && block.name == "transformer_blocks.1" && --stop_time == 0) stop->request_stop();
    }
};

/// Gives the weights out and keeps an eye on them.
class Sources : public memory::WeightSources {
public:
    explicit Sources(const std::string& folder = "tiny_cogvideox")
        : tensors(read_golden(folder + "/transformer/diffusion_pytorch_model.safetensors"))
    {
    }

    std::unique_ptr<memory::WeightSource> open(const files::WeightIndex*, std::vector<nn::ParameterBlock*>) override
    {
        auto weights = std::make_unique<Weights>(tensors, dtype);
        weights->stop = stop;
        weights->stop_time = stop_time;
        opened = weights.get();
        return weights;
    }

    Tensors tensors;
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

DenoiseSettings settings(double guidance = kGuidance)
{
    return {.steps = kSteps, .guidance = guidance, .extra = {}};
}

Conditioning two_prompts()
{
    return {{kPromptEmbeds, at::randn({24, 32})}, {kNegativePromptEmbeds, at::randn({24, 32})}};
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
    CogVideoXDenoiser(config, nullptr, prompts, settings(), how, context_of(sources)).predict(latents, 500.0).value();
    CogVideoXDenoiser denoiser(config, nullptr, prompts, settings(), how, context_of(sources));
    const std::int64_t before = HostMemory::live_bytes();
    HostMemory::restart_peak();
    for (int i = 0; i < 2; ++i) denoiser.predict(latents, 500.0).value();
    return HostMemory::peak_bytes() - before;
}

/// The same as a dry run finds it, by two steps with `latents` and `prompts` on meta.
std::int64_t forecast_peak(const TransformerConfig& config, const Conditioning& prompts, const DenoisePlan& how, DryRun& run,
                           const Tensor& latents, at::ScalarType dtype)
{
    memory::DryRunWeightSources weights(run, dtype);
    StageContext context;
    context.device = at::kMeta;
    context.dtype = dtype;
    context.sources = &weights;
    CogVideoXDenoiser denoiser(config, nullptr, prompts, settings(), how, context);
    const std::int64_t before = run.live_bytes();
    run.restart_peak();
    for (int i = 0; i < 2; ++i) denoiser.predict(latents, 500.0).value();
    std::int64_t peak = weights.between_peak_bytes();
    for (const memory::DryVisit& visit : weights.visits()) peak = std::max(peak, visit.other_peak_bytes);
    return peak - before;
}

Conditioning on_meta(const Conditioning& prompts)
{
    Conditioning dry;
    for (const auto& [name, tensor] : prompts) dry[name] = tensor.to(at::kMeta);
    return dry;
}

/// Predictions at a few timesteps, each from the latents before.
Tensor denoise(const std::string& folder, const DenoisePlan& how, at::ScalarType dtype, int batch = 1)
{
    Sources sources(folder);
    sources.dtype = dtype;
    seed_random_numbers();
    const Conditioning prompts = two_prompts();
    CogVideoXDenoiser denoiser(config_of(folder), nullptr, prompts, settings(), how, context_of(sources));
    Tensor latents = at::randn({batch, 4, 16, 8, 10});
    for (int i = 0; i < kSteps; ++i) latents = latents.sub(denoiser.predict(latents, 999.0 - 250.0 * i).value().mul(0.2));
    return latents;
}

void add_folders_and_cuts()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<int>("dtype");
    QTest::addColumn<int>("token_rows");
    QTest::addColumn<int>("head_groups");
    for (const char* folder : {"tiny_cogvideox", "tiny_cogvideox_15"}) {
        for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16}) {
            QTest::addRow("%s %s", folder, c10::toString(dtype)) << QString(folder) << int(dtype) << 0 << 1;
            QTest::addRow("%s %s in pieces and groups", folder, c10::toString(dtype)) << QString(folder) << int(dtype) << 32 << 2;
        }
    }
}

}  // namespace

class TestCogVideoXDenoiser : public QObject {
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
        const Tensor latents = at::randn({1, 1, 16, 4, 4});
        const auto predict = [&](const Conditioning& conditioning, const DenoiseSettings& with) {
            return CogVideoXDenoiser(config_of("tiny_cogvideox"), nullptr, conditioning, with, {}, context)
                .predict(latents, 3.0)
                .value();
        };
        const Tensor with = predict({{kPromptEmbeds, prompts.at(kPromptEmbeds)}}, settings());
        const Tensor without = predict({{kPromptEmbeds, prompts.at(kNegativePromptEmbeds)}}, settings());
        QVERIFY(relative_difference(predict(prompts, settings()), without.add(with.sub(without).mul(kGuidance))) <= 1e-6);
        DenoiseSettings dynamic = settings();
        dynamic.extra[kDynamicGuidance] = 1;
        const double guidance = dynamic_guidance(kGuidance, 3.0, kSteps);
        QVERIFY(relative_difference(predict(prompts, dynamic), without.add(with.sub(without).mul(guidance))) <= 1e-6);
        dynamic.extra[kDynamicGuidance] = 0;
        QVERIFY(predict(prompts, dynamic).equal(predict(prompts, settings())));
    }

    void dynamicGuidanceIsTheReferences_data()
    {
        QTest::addColumn<double>("guidance");
        QTest::addColumn<double>("timestep");
        QTest::addColumn<int>("steps");
        QTest::addColumn<double>("expected");
        QTest::newRow("6 at 999 of 50") << 6.0 << 999.0 << 50 << 2.291487174551452;
        QTest::newRow("6 at 499 of 50") << 6.0 << 499.0 << 50 << 1.5212656935026643;
        QTest::newRow("6 at 19 of 50") << 6.0 << 19.0 << 50 << 1.123397939968981;
        QTest::newRow("6 at 979 of 50") << 6.0 << 979.0 << 50 << 2.5435028667646318;
        QTest::newRow("3 at 10 of 20") << 3.0 << 10.0 << 20 << 1.0072229099917047;
        QTest::newRow("7.5 at 50 of 20") << 7.5 << 50.0 << 20 << 3.6614324602957664;
    }
    void dynamicGuidanceIsTheReferences()
    {
        QFETCH(double, guidance);
        QFETCH(double, timestep);
        QFETCH(int, steps);
        QFETCH(double, expected);
        QVERIFY(std::abs(dynamic_guidance(guidance, timestep, steps) - expected) <= 1e-6);
    }

    void interleavedGivesTheBitsOfSequential_data() { add_folders_and_cuts(); }
    void interleavedGivesTheBitsOfSequential()
    {
        QFETCH(QString, folder);
        QFETCH(int, dtype);
        QFETCH(int, token_rows);
        QFETCH(int, head_groups);
        const auto with = [&](GuidanceOrder order) {
            return denoise(folder.toStdString(), {.guidance = order, .token_rows = token_rows, .head_groups = head_groups},
                           at::ScalarType(dtype), 2);
        };
        QVERIFY(with(GuidanceOrder::Interleaved).equal(with(GuidanceOrder::Sequential)));
    }

    void batchedAndCutAgreeWithSequential_data() { add_folders_and_cuts(); }
    void batchedAndCutAgreeWithSequential()
    {
        QFETCH(QString, folder);
        QFETCH(int, dtype);
        QFETCH(int, token_rows);
        QFETCH(int, head_groups);
        for (const GuidanceOrder order : {GuidanceOrder::Batched, GuidanceOrder::Sequential}) {
            const DenoisePlan how{order, token_rows, head_groups};
            const double difference = relative_difference(denoise(folder.toStdString(), how, at::ScalarType(dtype)),
                                                          denoise(folder.toStdString(), {}, at::ScalarType(dtype)));
            qInfo("after %d steps: %.2e", kSteps, difference);
            QVERIFY(difference <= (dtype == int(at::kFloat) ? 1e-5 : 8.0 / 256));
        }
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
        CogVideoXDenoiser denoiser(config_of("tiny_cogvideox"), nullptr, two_prompts(), settings(),
                                   {.guidance = GuidanceOrder(order)}, context_of(sources));
        for (int i = 0; i < kSteps; ++i) QVERIFY(denoiser.predict(at::randn({1, 1, 16, 4, 4}), 100.0 * i).has_value());
        for (const char* block : {"embedding", "transformer_blocks.0", "transformer_blocks.1", "head"}) {
            QCOMPARE(std::ranges::count(sources.opened->history(), std::string(block)), loads);
        }
        QCOMPARE(sources.opened->most_held(), std::size_t(1));
        QCOMPARE(sources.opened->held(), std::size_t(0));
    }

    /// A dry run of each form finds the peak that the form has.
    void dryRunsForecastThePeak_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<int>("order");
        QTest::addColumn<int>("token_rows");
        QTest::addColumn<int>("head_groups");
        for (const char* folder : {"tiny_cogvideox", "tiny_cogvideox_15"}) {
            for (const GuidanceOrder order : {GuidanceOrder::Sequential, GuidanceOrder::Interleaved, GuidanceOrder::Batched}) {
                for (const int rows : {0, 48}) {
                    for (const int groups : {1, 2})
                        QTest::addRow("%s, %d, %d, %d", folder, int(order), rows, groups)
                            << QString(folder) << int(order) << rows << groups;
                }
            }
        }
    }
    void dryRunsForecastThePeak()
    {
        QFETCH(QString, folder);
        QFETCH(int, order);
        QFETCH(int, token_rows);
        QFETCH(int, head_groups);
        const DenoisePlan how{GuidanceOrder(order), token_rows, head_groups};
        TransformerConfig config = config_of(folder.toStdString());
        config.num_attention_heads = 8;
        Sources sources;
        sources.tensors = filled_weights(config);
        const Conditioning prompts = two_prompts();
        const Tensor latents = at::randn({1, 4, 16, 18, 22});
        const std::int64_t counted = counted_peak(config, prompts, how, sources, latents);
        DryRun run(ImitatedDevice::Cpu, 1);
        const std::int64_t forecast = forecast_peak(config, on_meta(prompts), how, run, latents.to(at::kMeta), at::kFloat);
        qInfo("forecast %lld, counted %lld bytes", (long long)forecast, (long long)counted);
        QVERIFY(std::abs(double(forecast - counted)) <= 0.01 * double(counted));
    }

    /// What the published models need beside their weights at their own sizes, on a CUDA device in bfloat16.
    void publishedModelsPeakAsKnown_data()
    {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QList<qlonglong>>("shape");
        QTest::addColumn<double>("most_gib");        // as the model chooses
        QTest::addColumn<double>("least_most_gib");  // cut as small as is sensible
        QTest::newRow("2b 480x720x49") << "cogvideox-2b" << QList<qlonglong>{1, 13, 16, 60, 90} << 0.45 << 0.25;
        QTest::newRow("5b 480x720x49") << "cogvideox-5b" << QList<qlonglong>{1, 13, 16, 60, 90} << 0.6 << 0.35;
        QTest::newRow("1.5-5b 768x1360x81") << "cogvideox1.5-5b" << QList<qlonglong>{1, 22, 16, 96, 170} << 1.6 << 0.9;
    }
    void publishedModelsPeakAsKnown()
    {
        QFETCH(QString, model);
        QFETCH(QList<qlonglong>, shape);
        QFETCH(double, most_gib);
        QFETCH(double, least_most_gib);
        const auto path = std::filesystem::path(HEADROOM_SOURCE_DIR) / "resources" / "catalog" / model.toStdString() /
                          "transformer" / "config.json";
        const TransformerConfig config = parse_transformer_config(read_json(path), path.string()).value();
        const auto peak_gib = [&](const DenoisePlan& how) {
            DryRun run(ImitatedDevice::Cuda, 1);
            const auto meta = at::TensorOptions().device(at::kMeta);
            const Tensor latents = at::empty(std::vector<std::int64_t>(shape.begin(), shape.end()), meta.dtype(at::kFloat));
            const Tensor prompt = at::empty({config.max_text_seq_length, config.text_embed_dim}, meta.dtype(at::kBFloat16));
            const Conditioning prompts{{kPromptEmbeds, prompt}, {kNegativePromptEmbeds, prompt}};
            return double(forecast_peak(config, prompts, how, run, latents, at::kBFloat16)) / double(1LL << 30);
        };
        const double usual = peak_gib({});
        const double least = peak_gib({.guidance = GuidanceOrder::Sequential, .token_rows = 1024, .head_groups = 6});
        qInfo("sequential %.3f GiB, interleaved %.3f, batched %.3f, in pieces of 1024 and 6 groups %.3f", usual,
              peak_gib({.guidance = GuidanceOrder::Interleaved}), peak_gib({.guidance = GuidanceOrder::Batched}), least);
        QVERIFY(usual <= most_gib);
        QVERIFY(least <= least_most_gib);
        QVERIFY(least < usual);
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
        CogVideoXDenoiser denoiser(config_of("tiny_cogvideox"), nullptr, two_prompts(), settings(),
                                   {.guidance = GuidanceOrder(order)}, context_of(sources, stop.get_token()));
        const auto stopped = denoiser.predict(at::randn({1, 3, 16, 8, 8}), 500.0);
        QVERIFY(!stopped.has_value());
        QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
        QCOMPARE(sources.opened->history().back(), std::string("transformer_blocks.1"));
        QCOMPARE(sources.opened->held(), std::size_t(0));
    }
};

QTEST_APPLESS_MAIN(TestCogVideoXDenoiser)
#include "test_cogvideox_denoiser.moc"

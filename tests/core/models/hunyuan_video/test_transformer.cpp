#include <QtTest>

#include <ATen/Parallel.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include "core/models/hunyuan_video/transformer.h"
#include "core/tensor/host_memory.h"
#include "tests/core/models/hunyuan_video/transformer_goldens.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::models;
using namespace headroom::models::hunyuan_video;
using namespace headroom::test;

namespace {

// float32: rounding of another order of operations. bfloat16: how much farther than the reference's own bfloat16 run from its
// float32 run ours may be.
constexpr double kFloatTolerance = 1e-5;
constexpr double kBfloat16Factor = 1.2;
constexpr double kBfloat16Rounding = 1.0 / 64;

std::string model_of(const std::string& golden)
{
    return golden.starts_with("variant") ? "variant" : "small";
}

/// A case's prompt and numbers; its bfloat16 reference was told 6016 as the guidance, as the pipeline does.
Tensor run(const std::string& name, at::ScalarType dtype = at::kFloat, const Pieces& pieces = {})
{
    const Tensors golden = hunyuan_golden(name);
    const std::string model = model_of(name);
    Transformer transformer(hunyuan_config(model), pieces);
    TestWeights weights(hunyuan_weights(model), dtype);
    const Prompt prompt{.embeds = golden.at("text"), .pooled = golden.at("pooled")};
    const bool is_low = dtype == at::kBFloat16;
    const double timestep = golden.at("timestep").to(dtype).item<double>();
    const StepNumbers numbers{.timestep = timestep, .guidance = is_low ? 6016.0 : 6000.0};
    return transformer.forward(golden.at("latents"), numbers, {&prompt, 1}, weights).value().front();
}

/// Asks the run to stop once a block has been fetched.
class StoppingWeights : public TestWeights {
public:
    StoppingWeights(std::string block, std::stop_source& stop)
        : TestWeights(hunyuan_weights("small")), m_block(std::move(block)), m_stop(&stop)
    {
    }

protected:
    void fetch(nn::ParameterBlock& block) override
    {
        TestWeights::fetch(block);
        if (block.name == m_block) m_stop->request_stop();
    }

private:
    std::string m_block;
    std::stop_source* m_stop;
};

Prompt small_prompt(std::int64_t tokens)
{
    return {.embeds = at::randn({1, tokens, 12}), .pooled = at::randn({1, 8})};
}

}  // namespace

class TestTransformer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::seed_random_numbers(); }
    void initTestCase()
    {
        HostMemory::start_counting();
        at::set_num_threads(1);
    }

    void predictsAsTheReference_data()
    {
        QTest::addColumn<bool>("in_bfloat16");
        for (const char* name : {"usual", "many_frames", "variant"}) QTest::newRow(name) << true;
        for (const char* name : {"odd_tokens", "one_token", "batch_of_two", "variant_batch_of_two"}) QTest::newRow(name) << false;
    }
    void predictsAsTheReference()
    {
        QFETCH(bool, in_bfloat16);
        const std::string name = QTest::currentDataTag();
        const Tensors golden = hunyuan_golden(name);
        const Tensor& exact = golden.at("reference");
        const double difference = relative_difference(run(name), exact);
        qInfo("relative difference %.2e", difference);
        QVERIFY(difference <= kFloatTolerance);
        if (!in_bfloat16) return;
        const Tensor low = run(name, at::kBFloat16);
        QCOMPARE(low.scalar_type(), at::kBFloat16);
        const double ours = relative_difference(low, exact);
        const double theirs = relative_difference(golden.at("reference_bfloat16"), exact);
        qInfo("bfloat16 to float32: %.2e, the reference's own %.2e", ours, theirs);
        QVERIFY(ours <= kBfloat16Factor * theirs);
    }

    void everyCutPredictsTheSame_data()
    {
        QTest::addColumn<int>("token_rows");
        QTest::addColumn<int>("head_groups");
        for (const char* name : {"usual", "one_token", "batch_of_two", "many_frames", "variant", "variant_batch_of_two"}) {
            QTest::addRow("%s, pieces", name) << 32 << 1;
            QTest::addRow("%s, groups", name) << 0 << 2;
            QTest::addRow("%s, pieces and more groups than heads", name) << 1 << 7;
        }
    }
    void everyCutPredictsTheSame()
    {
        QFETCH(int, token_rows);
        QFETCH(int, head_groups);
        const std::string name = QString(QTest::currentDataTag()).section(',', 0, 0).toStdString();
        const Pieces pieces{token_rows, head_groups};
        const Tensor cut = run(name, at::kFloat, pieces);
        QVERIFY(relative_difference(cut, hunyuan_golden(name).at("reference")) <= kFloatTolerance);
        QVERIFY(relative_difference(cut, run(name)) <= 2e-6);
        const Tensor whole = run(name, at::kBFloat16);
        const Tensor low = run(name, at::kBFloat16, pieces);
        qInfo("float32 %s, bfloat16 %s", cut.equal(run(name)) ? "the same bits" : "rounding",
              low.equal(whole) ? "the same bits" : "rounding");
        QVERIFY(relative_difference(low, whole) <= kBfloat16Rounding);
    }

    void sideBySideGivesTheBitsOfOneAfterTheOther_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::addColumn<int>("head_groups");
        QTest::newRow("float32") << int(at::kFloat) << 1;
        QTest::newRow("bfloat16") << int(at::kBFloat16) << 1;
        QTest::newRow("bfloat16 in groups") << int(at::kBFloat16) << 2;
    }
    void sideBySideGivesTheBitsOfOneAfterTheOther()
    {
        QFETCH(int, dtype);
        QFETCH(int, head_groups);
        Transformer transformer(hunyuan_config("small"), {.token_rows = 32, .head_groups = head_groups});
        TestWeights weights(hunyuan_weights("small"), at::ScalarType(dtype));
        const std::vector<Prompt> prompts{small_prompt(9), small_prompt(4)};
        const Tensor latents = at::randn({2, 4, 3, 8, 8});
        const StepNumbers numbers{640.0, 6000.0};
        const auto together = transformer.forward(latents, numbers, prompts, weights).value();
        QCOMPARE(together.size(), std::size_t(2));
        for (std::size_t i = 0; i < prompts.size(); ++i) {
            QVERIFY(together[i].equal(transformer.forward(latents, numbers, {&prompts[i], 1}, weights).value().front()));
        }
        QVERIFY(!together[0].equal(together[1]));
    }

    void onePromptServesTheWholeBatch()
    {
        Transformer transformer(hunyuan_config("small"));
        TestWeights weights(hunyuan_weights("small"));
        const Prompt shared = small_prompt(5);
        const Prompt each{.embeds = shared.embeds.expand({2, -1, -1}), .pooled = shared.pooled.expand({2, -1})};
        const Tensor latents = at::randn({2, 4, 2, 4, 4});
        const Tensor once = transformer.forward(latents, {500.0, 6000.0}, {&shared, 1}, weights).value().front();
        const Tensor twice = transformer.forward(latents, {500.0, 6000.0}, {&each, 1}, weights).value().front();
        QVERIFY(relative_difference(once, twice) <= 1e-6);
    }

    void usesEveryWeightOneBlockAtATimeAndGivesAllBack_data()
    {
        QTest::addColumn<QStringList>("order");
        QTest::newRow("small") << QStringList{"text_embedding",
                                              "refiner_blocks.0",
                                              "embedding",
                                              "transformer_blocks.0",
                                              "transformer_blocks.1",
                                              "single_transformer_blocks.0",
                                              "single_transformer_blocks.1",
                                              "head"};
        QTest::newRow("variant") << QStringList{"text_embedding",
                                                "refiner_blocks.0",
                                                "refiner_blocks.1",
                                                "embedding",
                                                "transformer_blocks.0",
                                                "single_transformer_blocks.0",
                                                "head"};
    }
    void usesEveryWeightOneBlockAtATimeAndGivesAllBack()
    {
        QFETCH(QStringList, order);
        const std::string model = QTest::currentDataTag();
        const Tensors golden = hunyuan_golden(model == "small" ? "usual" : model);
        Transformer transformer(hunyuan_config(model));
        TestWeights weights(hunyuan_weights(model));
        const Prompt prompt{.embeds = golden.at("text"), .pooled = golden.at("pooled")};
        QVERIFY(transformer.forward(golden.at("latents"), {1.0, 6000.0}, {&prompt, 1}, weights).has_value());
        QCOMPARE(weights.most_held(), std::size_t(1));
        QCOMPARE(weights.held(), std::size_t(0));
        QVERIFY(weights.unused().empty());
        QStringList history, names;
        for (const std::string& name : weights.history()) history.append(QString::fromStdString(name));
        for (const nn::ParameterBlock* block : transformer.blocks()) {
            names.append(QString::fromStdString(block->name));
            for (const nn::Parameter* parameter : block->parameters) QVERIFY(!parameter->value.defined());
        }
        QCOMPARE(history, order);
        QCOMPARE(names, order);
    }

    void publishedModelHasItsParameters()
    {
        Transformer transformer({});
        std::int64_t all = 0, largest = 0;
        for (const nn::ParameterBlock* block : transformer.blocks()) {
            std::int64_t of_block = 0;
            for (const nn::Parameter* parameter : block->parameters) {
                std::int64_t count = 1;
                for (const std::int64_t size : parameter->shape) count *= size;
                of_block += count;
            }
            all += of_block;
            largest = std::max(largest, of_block);
        }
        QVERIFY2(std::abs(double(all) / 1e9 - 12.82) < 0.005, qPrintable(QString::number(all)));
        QVERIFY2(std::abs(double(largest) / 1e6 - 339.8) < 0.1, qPrintable(QString::number(largest)));
    }

    void stopsBetweenBlocks_data()
    {
        QTest::addColumn<QString>("block");
        for (const char* block : {"text_embedding", "refiner_blocks.0", "transformer_blocks.0", "single_transformer_blocks.1"}) {
            QTest::newRow(block) << QString(block);
        }
    }
    void stopsBetweenBlocks()
    {
        QFETCH(QString, block);
        std::stop_source stop;
        StoppingWeights weights(block.toStdString(), stop);
        Transformer transformer(hunyuan_config("small"));
        const Prompt prompt = small_prompt(3);
        const auto stopped =
            transformer.forward(at::randn({1, 4, 1, 4, 4}), {1.0, 6000.0}, {&prompt, 1}, weights, stop.get_token());
        QVERIFY(!stopped.has_value());
        QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
        QCOMPARE(weights.history().back(), block.toStdString());
        QCOMPARE(weights.held(), std::size_t(0));
    }

    void refusesWhatDoesNotFit_data()
    {
        QTest::addColumn<QList<qlonglong>>("latents");
        QTest::addColumn<QList<qlonglong>>("embeds");
        QTest::addColumn<QList<qlonglong>>("pooled");
        QTest::addColumn<QString>("part");
        const QList<qlonglong> latents{2, 4, 1, 4, 4}, embeds{1, 3, 12}, pooled{1, 8};
        QTest::newRow("odd rows") << QList<qlonglong>{1, 4, 1, 5, 4} << embeds << pooled << "5 rows";
        QTest::newRow("no columns") << QList<qlonglong>{1, 4, 1, 2, 0} << embeds << pooled << "0 columns";
        QTest::newRow("other channels") << QList<qlonglong>{1, 16, 1, 2, 2} << embeds << pooled << "[batch, 4";
        QTest::newRow("no frames' dimension") << QList<qlonglong>{1, 4, 2, 2} << embeds << pooled << "4 dimensions";
        QTest::newRow("no tokens") << latents << QList<qlonglong>{1, 0, 12} << pooled << "at least 1 token, 12";
        QTest::newRow("another encoder's tokens") << latents << QList<qlonglong>{1, 3, 11} << pooled << "at least 1 token, 12";
        QTest::newRow("three prompts") << latents << QList<qlonglong>{3, 3, 12} << pooled << "[1 or 2";
        QTest::newRow("another encoder's row")
            << latents << embeds << QList<qlonglong>{1, 9} << "pooled embedding must be [1 or 2, 8]";
    }
    void refusesWhatDoesNotFit()
    {
        QFETCH(QList<qlonglong>, latents);
        QFETCH(QList<qlonglong>, embeds);
        QFETCH(QList<qlonglong>, pooled);
        QFETCH(QString, part);
        const auto zeros = [](const QList<qlonglong>& shape) {
            return at::zeros(std::vector<std::int64_t>(shape.begin(), shape.end()));
        };
        Transformer transformer(hunyuan_config("small"));
        TestWeights weights(hunyuan_weights("small"));
        const Prompt prompt{.embeds = zeros(embeds), .pooled = zeros(pooled)};
        const auto refused = transformer.forward(zeros(latents), {1.0, 6000.0}, {&prompt, 1}, weights);
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::Usage);
        QVERIFY2(QString::fromStdString(refused.error().message).contains(part), refused.error().message.c_str());
    }

    /// In units of a joint tensor: what the blocks document, with what is small beside it.
    void peaksAsDocumented_data()
    {
        QTest::addColumn<bool>("is_single");
        QTest::addColumn<int>("token_rows");
        QTest::addColumn<int>("head_groups");
        QTest::addColumn<double>("expected");
        for (const bool is_single : {false, true}) {
            const auto row = [&](const char* name, int token_rows, int head_groups, double expected) {
                QTest::addRow("%s, %s", is_single ? "single" : "dual", name)
                    << is_single << token_rows << head_groups << expected;
            };
            row("quarters", 256, 1, is_single ? 3 + 6.0 / 4 : 3 + 2.0 / 4);
            row("sixteenths", 64, 1, is_single ? 3 + 6.0 / 16 : 3 + 2.0 / 16);
            row("two groups", 64, 2, 2 + 1 + 2.0 / 16);
            row("four groups", 64, 4, 2 + 0.5 + 1.5 / 16);
            row("sixteen groups", 64, 16, is_single ? 2 + 5.0 / 16 : 2 + 0.125 + 1.125 / 16);
        }
    }
    void peaksAsDocumented()
    {
        QFETCH(bool, is_single);
        QFETCH(int, token_rows);
        QFETCH(int, head_groups);
        QFETCH(double, expected);
        TransformerConfig config = hunyuan_config("small");
        config.num_attention_heads = 32;
        config.num_layers = is_single ? 0 : 1;
        config.num_single_layers = is_single ? 1 : 0;
        Transformer transformer(config, {.token_rows = token_rows, .head_groups = head_groups});
        TestWeights weights(filled_hunyuan_weights(config));
        const Prompt prompt = small_prompt(1);
        const Tensor latents = at::randn({1, 4, 4, 32, 32});
        const std::int64_t before = HostMemory::live_bytes();
        HostMemory::restart_peak();
        QVERIFY(transformer.forward(latents, {1.0, 6000.0}, {&prompt, 1}, weights).has_value());
        const double joint_bytes = (4 * 16 * 16 + 1) * double(config.inner_dim()) * sizeof(float);
        const double peak = double(HostMemory::peak_bytes() - before) / joint_bytes;
        qInfo("peak %.2f times joint, documented %.2f", peak, expected);
        QVERIFY(peak >= expected && peak <= expected + 0.3);
    }
};

QTEST_APPLESS_MAIN(TestTransformer)
#include "test_transformer.moc"

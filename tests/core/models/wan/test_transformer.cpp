#include <QtTest>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>

#include <ATen/Parallel.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <nlohmann/json.hpp>

#include "core/models/wan/transformer.h"
#include "core/tensor/host_memory.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::models::wan;
using namespace headroom::test;

namespace {

// float32: rounding of another order of operations. bfloat16: how much farther than the reference's own bfloat16 run from its
// float32 run ours may be.
constexpr double kFloatTolerance = 1e-5;
constexpr double kBfloat16Factor = 1.5;

TransformerConfig read_config(const std::string& path)
{
    std::ifstream stream(std::filesystem::path(HEADROOM_GOLDENS_DIR) / path);
    return parse_transformer_config(nlohmann::json::parse(stream), path).value();
}

struct Model {
    std::string config;
    std::string weights;
};

const Model kTinyWan{"tiny_wan/transformer/config.json", "tiny_wan/transformer/diffusion_pytorch_model.safetensors"};
const Model kVariant{"transformer/variant_config.json", "transformer/variant_weights.safetensors"};

/// One case of tests/reference/make_transformer_goldens.py.
struct Case {
    explicit Case(const std::string& name) : tensors(read_golden("transformer/" + name + ".safetensors"))
    {
        const Tensor& real = tensors.at("text");
        text = at::zeros({real.size(0), tensors.at("text_rows").item<std::int64_t>(), real.size(2)});
        text.narrow(1, 0, real.size(1)).copy_(real);
        timestep = tensors.at("timestep").item<double>();
    }

    Tensors tensors;
    Tensor text;
    double timestep = 0;
};

Tensor run(const Model& model, const Case& golden, at::ScalarType dtype = at::kFloat)
{
    Transformer transformer(read_config(model.config));
    TestWeights weights(read_golden(model.weights), dtype);
    TextContext context = transformer.embed_text(golden.text, 0, weights);
    return transformer.forward(golden.tensors.at("latents"), golden.timestep, context, weights).value();
}

/// Asks the run to stop once a block has been fetched.
class StoppingWeights : public TestWeights {
public:
    StoppingWeights(Tensors tensors, std::string block, std::stop_source& stop)
        : TestWeights(std::move(tensors)), m_block(std::move(block)), m_stop(&stop)
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
        QTest::addColumn<bool>("is_variant");
        for (const char* name : {"usual", "odd_tokens", "one_token", "batch_of_two", "many_frames"}) QTest::newRow(name) << false;
        QTest::newRow("variant") << true;
    }
    void predictsAsTheReference()
    {
        QFETCH(bool, is_variant);
        const Case golden(QTest::currentDataTag());
        const Tensor predicted = run(is_variant ? kVariant : kTinyWan, golden);
        const double difference = relative_difference(predicted, golden.tensors.at("reference"));
        qInfo("relative difference %.2e", difference);
        QVERIFY(difference <= kFloatTolerance);
    }

    void bfloat16StaysWithinTheReferencesDistance_data()
    {
        QTest::addColumn<bool>("is_variant");
        QTest::newRow("usual") << false;
        QTest::newRow("variant") << true;
    }
    void bfloat16StaysWithinTheReferencesDistance()
    {
        QFETCH(bool, is_variant);
        const Case golden(QTest::currentDataTag());
        const Tensor predicted = run(is_variant ? kVariant : kTinyWan, golden, at::kBFloat16);
        QCOMPARE(predicted.scalar_type(), at::kBFloat16);
        const Tensor& exact = golden.tensors.at("reference");
        const double ours = relative_difference(predicted, exact);
        const double theirs = relative_difference(golden.tensors.at("reference_bfloat16"), exact);
        qInfo("bfloat16 to float32: %.2e, the reference's own %.2e", ours, theirs);
        QVERIFY(ours <= kBfloat16Factor * theirs);
    }

    void keptTextKeysGiveTheSameBits()
    {
        const Case golden("usual");
        Transformer transformer(read_config(kTinyWan.config));
        TestWeights weights(read_golden(kTinyWan.weights));
        TextContext recomputed = transformer.embed_text(golden.text, 0, weights);
        TextContext kept = transformer.embed_text(golden.text, 0, weights, TextKeys::Keep);
        for (const double timestep : {900.0, 300.0}) {
            const Tensor& latents = golden.tensors.at("latents");
            const Tensor expected = transformer.forward(latents, timestep, recomputed, weights).value();
            QVERIFY(transformer.forward(latents, timestep, kept, weights).value().equal(expected));
        }
        QCOMPARE(kept.kept.size(), std::size_t(3));
        QVERIFY(recomputed.kept.empty());
    }

    void feedForwardInPiecesAgrees()
    {
        const Case golden("batch_of_two");
        Transformer transformer(read_config(kTinyWan.config));
        TestWeights weights(read_golden(kTinyWan.weights));
        TextContext context = transformer.embed_text(golden.text, 0, weights);
        const auto forward = [&] { return transformer.forward(golden.tensors.at("latents"), 12.5, context, weights).value(); };
        const Tensor whole = forward();
        for (const std::int64_t rows : {1, 5, 12}) {
            transformer.set_feed_forward_rows(rows);
            QVERIFY(relative_difference(forward(), whole) <= 1e-6);
        }
    }

    void usesEveryWeightOneBlockAtATimeAndGivesAllBack()
    {
        const Case golden("usual");
        Transformer transformer(read_config(kTinyWan.config));
        TestWeights weights(read_golden(kTinyWan.weights));
        TextContext context = transformer.embed_text(golden.text, 0, weights);
        QVERIFY(transformer.forward(golden.tensors.at("latents"), 1.0, context, weights).has_value());
        QCOMPARE(weights.most_held(), std::size_t(1));
        QCOMPARE(weights.held(), std::size_t(0));
        QVERIFY(weights.unused().empty());
        const std::vector<std::string> order{"text_embedding", "embedding", "blocks.0", "blocks.1", "blocks.2", "head"};
        QVERIFY(weights.history() == order);
        std::vector<std::string> names;
        for (const nn::ParameterBlock* block : transformer.blocks()) {
            names.push_back(block->name);
            for (const nn::Parameter* parameter : block->parameters) QVERIFY(!parameter->value.defined());
        }
        QVERIFY(names == order);
    }

    void keepsInFloat32WhatTheReferenceKeeps()
    {
        Transformer transformer(read_config(kTinyWan.config));
        for (const nn::ParameterBlock* block : transformer.blocks()) {
            for (const nn::Parameter* parameter : block->parameters) {
                const QString name = QString::fromStdString(parameter->name);
                const bool is_kept =
                    name.contains("time_embedder") || name.contains("scale_shift_table") || name.contains(".norm2.");
                QVERIFY2((parameter->precision == nn::Precision::Float32) == is_kept, qPrintable(name));
            }
        }
    }

    void stopsBetweenBlocks()
    {
        const Case golden("usual");
        Transformer transformer(read_config(kTinyWan.config));
        std::stop_source stop;
        StoppingWeights weights(read_golden(kTinyWan.weights), "blocks.1", stop);
        TextContext context = transformer.embed_text(golden.text, 0, weights);
        const auto stopped = transformer.forward(golden.tensors.at("latents"), 1.0, context, weights, stop.get_token());
        QVERIFY(!stopped.has_value());
        QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
        QCOMPARE(weights.history().back(), std::string("blocks.1"));
        QCOMPARE(weights.held(), std::size_t(0));
    }

    void refusesLatentsThatDoNotFit_data()
    {
        QTest::addColumn<QList<qlonglong>>("shape");
        QTest::addColumn<QString>("part");
        QTest::newRow("odd rows") << QList<qlonglong>{1, 16, 1, 5, 4} << "5 rows";
        QTest::newRow("too many frames") << QList<qlonglong>{1, 16, 33, 2, 2} << "33 frames";
        QTest::newRow("no columns") << QList<qlonglong>{1, 16, 1, 2, 0} << "0 columns";
        QTest::newRow("other channels") << QList<qlonglong>{1, 4, 1, 2, 2} << "[batch, 16";
        QTest::newRow("no frames' dimension") << QList<qlonglong>{1, 16, 2, 2} << "4 dimensions";
    }
    void refusesLatentsThatDoNotFit()
    {
        QFETCH(QList<qlonglong>, shape);
        QFETCH(QString, part);
        Transformer transformer(read_config(kTinyWan.config));
        TestWeights weights(read_golden(kTinyWan.weights));
        TextContext context = transformer.embed_text(at::zeros({1, 4, 32}), 0, weights);
        const auto refused =
            transformer.forward(at::zeros(std::vector<std::int64_t>(shape.begin(), shape.end())), 1.0, context, weights);
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::Usage);
        QVERIFY2(QString::fromStdString(refused.error().message).contains(part), refused.error().message.c_str());
    }

    void peaksAtFiveTimesTheTokens()
    {
        TransformerConfig config = read_config(kTinyWan.config);
        config.num_layers = 1;
        config.num_attention_heads = 16;
        config.ffn_dim = 4 * config.inner_dim();
        Transformer transformer(config);
        Tensors random;
        for (const nn::ParameterBlock* block : transformer.blocks()) {
            for (const nn::Parameter* parameter : block->parameters) random[parameter->name] = at::full(parameter->shape, 0.01);
        }
        TestWeights weights(std::move(random));
        TextContext context = transformer.embed_text(at::zeros({1, 1, 32}), 511, weights);
        const Tensor latents = at::randn({1, 16, 4, 32, 32});
        const std::int64_t before = HostMemory::live_bytes();
        HostMemory::restart_peak();
        QVERIFY(transformer.forward(latents, 1.0, context, weights).has_value());
        const double tokens_bytes = 4 * 16 * 16 * double(config.inner_dim()) * sizeof(float);
        const double peak = double(HostMemory::peak_bytes() - before) / tokens_bytes;
        qInfo("peak %.2f times the tokens", peak);
        // Tokens, queries, keys, values, the attention's result; then its scratch, the rotations and smaller ones.
        QVERIFY(peak <= 6.0);
    }
};

QTEST_APPLESS_MAIN(TestTransformer)
#include "test_transformer.moc"

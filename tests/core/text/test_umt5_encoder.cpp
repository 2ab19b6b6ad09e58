#include <QtTest>

#include <numeric>

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include "core/text/umt5_encoder.h"
#include "tests/support/golden_tensors.h"

using namespace headroom;
using namespace headroom::test;
using namespace headroom::text;

namespace {

std::vector<std::int32_t> ids_of(const Tensor& tensor)
{
    return {tensor.const_data_ptr<std::int32_t>(), tensor.const_data_ptr<std::int32_t>() + tensor.numel()};
}

Umt5Config relu_config()
{
    return {.vocab_size = 50,
            .d_model = 24,
            .d_kv = 6,
            .d_ff = 40,
            .num_layers = 3,
            .num_heads = 5,
            .relative_attention_num_buckets = 16,
            .relative_attention_max_distance = 20,
            .layer_norm_epsilon = 1e-5,
            .feed_forward_proj = Umt5Config::FeedForward::Relu};
}

}  // namespace

class TestUmt5Encoder : public QObject {
    Q_OBJECT

    Tensors m_goldens = read_golden("text/umt5.safetensors");
    Tensors m_weights = read_golden("tiny_wan/text_encoder/model.safetensors");
    Umt5Config m_config = *read_umt5_config(HEADROOM_GOLDENS_DIR "/tiny_wan/text_encoder/config.json");

    Tensor golden(const QString& name) const { return m_goldens.at(name.toStdString()); }

private Q_SLOTS:
    void equalsTheMaskedReference_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : {"short", "eos_only", "overlong"}) QTest::newRow(name) << QString(name);
    }
    void equalsTheMaskedReference()
    {
        QFETCH(QString, name);
        TestWeights weights(m_weights);
        Umt5Encoder encoder(m_config, at::kFloat);
        const auto hidden = encoder.encode(ids_of(golden(name + ".ids")), weights);
        QVERIFY(hidden.has_value());
        const double difference = relative_difference(*hidden, golden(name + ".float32"));
        qInfo("max|d| relative to the scale: %.2g", difference);
        QVERIFY(difference <= 1e-5);
        QVERIFY(weights.unused().empty());
    }

    void staysWithinTheRoundingOfTheReference_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("dtype");
        QTest::addColumn<int>("scalar_type");
        for (const char* name : {"short", "eos_only", "overlong"}) {
            QTest::addRow("%s bfloat16", name) << QString(name) << "bfloat16" << int(at::kBFloat16);
            QTest::addRow("%s float16", name) << QString(name) << "float16" << int(at::kHalf);
        }
    }
    void staysWithinTheRoundingOfTheReference()
    {
        QFETCH(QString, name);
        QFETCH(QString, dtype);
        QFETCH(int, scalar_type);
        const auto compute = static_cast<at::ScalarType>(scalar_type);
        TestWeights weights(m_weights, compute);
        Umt5Encoder encoder(m_config, compute);
        const auto hidden = encoder.encode(ids_of(golden(name + ".ids")), weights);
        QVERIFY(hidden.has_value());
        QCOMPARE(hidden->scalar_type(), compute);
        const double ours = relative_difference(*hidden, golden(name + ".float32"));
        const double theirs = relative_difference(golden(name + "." + dtype), golden(name + ".float32"));
        qInfo("distance to fp32: %.2g, the reference's own %.2g", ours, theirs);
        // Half a unit in the last place of the largest value: what rounding the result alone may add.
        const double rounding = compute == at::kBFloat16 ? 0x1p-9 : 0x1p-12;
        QVERIFY(ours <= theirs + rounding);
    }

    void runsReluFromTheTiedKey()
    {
        Tensors tensors;
        for (const auto& [name, tensor] : m_goldens) {
            if (name.starts_with("relu.weights.")) tensors.emplace(name.substr(13), tensor);
        }
        QVERIFY(!tensors.contains("shared.weight"));
        TestWeights weights(tensors);
        Umt5Encoder encoder(relu_config(), at::kFloat);
        const auto hidden = encoder.encode(ids_of(golden("relu.ids")), weights);
        QVERIFY(hidden.has_value());
        QVERIFY(relative_difference(*hidden, golden("relu.float32")) <= 1e-5);
        QVERIFY(weights.unused().empty());
    }

    void putsDistancesInTheReferencesBuckets()
    {
        const Tensor buckets = relative_position_buckets(300, 32, 128);
        const Tensor rows = at::cat({buckets.narrow(0, 0, 1), buckets.narrow(0, 150, 1), buckets.narrow(0, 299, 1)});
        QCOMPARE(max_abs_difference(rows, golden("buckets")), 0.0);
    }

    void holdsOneBlockAtATime()
    {
        TestWeights weights(m_weights);
        Umt5Encoder encoder(m_config, at::kFloat);
        std::vector<int> done;
        QVERIFY(encoder.encode({5, 6, 1}, weights, {}, [&](int layers, int total) {
            done.push_back(layers);
            QCOMPARE(total, 2);
        }));
        QCOMPARE(weights.most_held(), std::size_t(1));
        QCOMPARE(weights.held(), std::size_t(0));
        QCOMPARE(weights.history(), (std::vector<std::string>{"embedding", "encoder.block.0", "encoder.block.1", "final"}));
        QCOMPARE(done, (std::vector<int>{1, 2}));
        QCOMPARE(encoder.blocks().size(), std::size_t(4));
    }

    void keepsWoInFloat32OnlyForHalf()
    {
        for (const auto compute : {at::kFloat, at::kBFloat16, at::kHalf}) {
            Umt5Encoder encoder(m_config, compute);
            for (const auto* block : encoder.blocks()) {
                for (const auto* parameter : block->parameters) {
                    const bool exact = compute == at::kHalf && parameter->name.ends_with(".wo.weight");
                    QVERIFY(parameter->precision == (exact ? nn::Precision::Float32 : nn::Precision::Compute));
                }
            }
        }
    }

    void stopsBetweenLayers()
    {
        TestWeights weights(m_weights);
        Umt5Encoder encoder(m_config, at::kFloat);
        std::stop_source stop;
        const auto hidden = encoder.encode({5, 1}, weights, stop.get_token(), [&](int, int) { stop.request_stop(); });
        QVERIFY(!hidden.has_value());
        QCOMPARE(hidden.error().code, ErrorCode::Cancelled);
        QCOMPARE(weights.history().back(), std::string("encoder.block.0"));
        QCOMPARE(weights.held(), std::size_t(0));
    }

    void refusesTokensBeyondTheTable()
    {
        TestWeights weights(m_weights);
        Umt5Encoder encoder(m_config, at::kFloat);
        for (const std::int32_t id : {161, -1}) {
            const auto hidden = encoder.encode({5, id, 1}, weights);
            QVERIFY(!hidden.has_value());
            QCOMPARE(hidden.error().code, ErrorCode::BadModel);
            QVERIFY(QString::fromStdString(hidden.error().message).contains("161 tokens only"));
        }
    }

    void padsWithZeroRows()
    {
        const Tensor rows = at::arange(6, at::kFloat).view({3, 2});
        const Tensor padded = pad_with_zero_rows(rows, 5);
        QCOMPARE(padded.size(0), 5);
        QCOMPARE(max_abs_difference(padded.narrow(0, 0, 3), rows), 0.0);
        QCOMPARE(max_abs_difference(padded.narrow(0, 3, 2), at::zeros({2, 2})), 0.0);
        QCOMPARE(pad_with_zero_rows(rows, 2).size(0), 2);
    }
};

QTEST_APPLESS_MAIN(TestUmt5Encoder)
#include "test_umt5_encoder.moc"

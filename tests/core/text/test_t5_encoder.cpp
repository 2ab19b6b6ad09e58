#include <QtTest>

#include <fstream>

#include "core/text/umt5_encoder.h"
#include "tests/support/golden_tensors.h"

using namespace headroom;
using namespace headroom::test;
using namespace headroom::text;

namespace {

const std::string kConfig = HEADROOM_GOLDENS_DIR "/tiny_cogvideox/text_encoder/config.json";

std::vector<std::int32_t> ids_of(const Tensor& tensor)
{
    return {tensor.const_data_ptr<std::int32_t>(), tensor.const_data_ptr<std::int32_t>() + tensor.numel()};
}

}  // namespace

class TestT5Encoder : public QObject {
    Q_OBJECT

    Tensors m_goldens = read_golden("cogvideox/t5.safetensors");
    Tensors m_weights = read_golden("tiny_cogvideox/text_encoder/model.safetensors");
    Umt5Config m_config = *read_t5_config(kConfig);

    Tensor golden(const QString& name) const { return m_goldens.at(name.toStdString()); }

private Q_SLOTS:
    void equalsTheReferenceOverAllTokensWithPadding_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : {"short", "empty", "overlong"}) QTest::newRow(name) << QString(name);
    }
    void equalsTheReferenceOverAllTokensWithPadding()
    {
        QFETCH(QString, name);
        TestWeights weights(m_weights);
        Umt5Encoder encoder(m_config, at::kFloat);
        const auto ids = ids_of(golden(name + ".ids"));
        QCOMPARE(ids.size(), std::size_t(226));
        const auto hidden = encoder.encode(ids, weights);
        QVERIFY(hidden.has_value());
        const double difference = relative_difference(*hidden, golden(name + ".float32"));
        qInfo("max|d| relative to the scale: %.2g", difference);
        QVERIFY(difference <= 1e-5);
        QVERIFY(weights.unused().empty());
        QCOMPARE(weights.most_held(), std::size_t(1));
    }

    void staysWithinTheRoundingOfTheReference_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("scalar_type");
        for (const char* name : {"short", "empty", "overlong"}) {
            QTest::addRow("%s bfloat16", name) << QString(name) << int(at::kBFloat16);
            QTest::addRow("%s float16", name) << QString(name) << int(at::kHalf);
        }
    }
    void staysWithinTheRoundingOfTheReference()
    {
        QFETCH(QString, name);
        QFETCH(int, scalar_type);
        const auto compute = static_cast<at::ScalarType>(scalar_type);
        const QString dtype = compute == at::kBFloat16 ? "bfloat16" : "float16";
        TestWeights weights(m_weights, compute);
        Umt5Encoder encoder(m_config, compute);
        const auto hidden = encoder.encode(ids_of(golden(name + ".ids")), weights);
        QVERIFY(hidden.has_value());
        QCOMPARE(hidden->scalar_type(), compute);
        const double ours = relative_difference(*hidden, golden(name + ".float32"));
        const double theirs = relative_difference(golden(name + "." + dtype), golden(name + ".float32"));
        qInfo("distance to fp32: %.2g, the reference's own %.2g", ours, theirs);
        const double rounding = compute == at::kBFloat16 ? 0x1p-8 : 0x1p-11;
        QVERIFY(ours <= theirs + rounding);
    }

    void runsReluFromTheTiedKey()
    {
        Tensors tensors;
        for (const auto& [name, tensor] : m_goldens) {
            if (name.starts_with("relu.weights.")) tensors.emplace(name.substr(13), tensor);
        }
        const auto config =
            parse_t5_config(R"({"vocab_size": 40, "d_model": 24, "d_kv": 6, "d_ff": 40, "num_layers": 4, "num_heads": 5,
            "relative_attention_num_buckets": 16, "relative_attention_max_distance": 20, "layer_norm_epsilon": 1e-5})",
                            "config.json");
        QVERIFY(config.has_value());
        TestWeights weights(tensors);
        Umt5Encoder encoder(*config, at::kFloat);
        const auto hidden = encoder.encode(ids_of(golden("relu.ids")), weights);
        QVERIFY(hidden.has_value());
        QVERIFY(relative_difference(*hidden, golden("relu.float32")) <= 1e-5);
        QVERIFY(weights.unused().empty());
    }

    void declaresTheBiasInTheFirstLayerOnly()
    {
        Umt5Encoder encoder(m_config, at::kFloat);
        int biases = 0;
        for (const nn::ParameterBlock* block : encoder.blocks()) {
            for (const nn::Parameter* parameter : block->parameters) {
                if (!parameter->name.ends_with("relative_attention_bias.weight")) continue;
                ++biases;
                QCOMPARE(block->name, std::string("encoder.block.0"));
            }
        }
        QCOMPARE(biases, 1);
    }

    void refusesTheOtherKindOfEncoder()
    {
        const auto as_umt5 = read_umt5_config(kConfig);
        QVERIFY(!as_umt5.has_value());
        QVERIFY(QString::fromStdString(as_umt5.error().message).contains("of type \"t5\", expected \"umt5\""));
        const auto as_t5 = read_t5_config(HEADROOM_GOLDENS_DIR "/tiny_wan/text_encoder/config.json");
        QVERIFY(!as_t5.has_value());
        QCOMPARE(as_t5.error().code, ErrorCode::BadModel);
    }

    void takesTheDefaultsOfT5()
    {
        const auto config = parse_t5_config("{}", "config.json");
        QVERIFY(config.has_value());
        QCOMPARE(config->vocab_size, 32128);
        QCOMPARE(config->num_layers, 6);
        QCOMPARE(config->num_heads, 8);
        QCOMPARE(config->d_ff, 2048);
        QVERIFY(config->feed_forward_proj == Umt5Config::FeedForward::Relu);
        QVERIFY(config->position_bias == Umt5Config::PositionBias::FirstLayer);
    }
};

QTEST_APPLESS_MAIN(TestT5Encoder)
#include "test_t5_encoder.moc"

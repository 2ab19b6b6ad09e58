#include <QtTest>

#include <nlohmann/json.hpp>

#include "core/text/clip_encoder.h"
#include "tests/support/golden_tensors.h"

using namespace headroom;
using namespace headroom::test;
using namespace headroom::text;
using nlohmann::json;

namespace {

std::vector<std::int32_t> ids_of(const Tensor& tensor)
{
    return {tensor.const_data_ptr<std::int32_t>(), tensor.const_data_ptr<std::int32_t>() + tensor.numel()};
}

}  // namespace

class TestClipEncoder : public QObject {
    Q_OBJECT

    Tensors m_goldens = read_golden("text/clip.safetensors");
    Tensors m_weights = read_golden("tiny_hunyuan_video/text_encoder_2/model.safetensors");
    ClipConfig m_config = *parse_clip_config({{"vocab_size", 814},
                                              {"hidden_size", 24},
                                              {"intermediate_size", 48},
                                              {"num_hidden_layers", 3},
                                              {"num_attention_heads", 2},
                                              {"eos_token_id", 2}},
                                             "here");

    Tensor golden(const QString& name) const { return m_goldens.at(name.toStdString()); }

private Q_SLOTS:
    void equalsThePaddedReference_data()
    {
        QTest::addColumn<QString>("dtype");
        QTest::addColumn<int>("scalar_type");
        for (const char* name : {"short", "empty", "long", "end_inside"}) {
            QTest::addRow("%s float32", name) << "float32" << int(at::kFloat);
            QTest::addRow("%s bfloat16", name) << "bfloat16" << int(at::kBFloat16);
            QTest::addRow("%s float16", name) << "float16" << int(at::kHalf);
        }
    }
    void equalsThePaddedReference()
    {
        QFETCH(QString, dtype);
        QFETCH(int, scalar_type);
        const QString name = QString(QTest::currentDataTag()).section(' ', 0, 0);
        const auto compute = static_cast<at::ScalarType>(scalar_type);
        TestWeights weights(m_weights, compute);
        ClipEncoder encoder(m_config, compute);
        const auto pooled = encoder.encode(ids_of(golden(name + ".ids")), weights);
        QVERIFY(pooled.has_value());
        QCOMPARE(pooled->scalar_type(), compute);
        const double ours = relative_difference(*pooled, golden(name + ".float32"));
        const double theirs = relative_difference(golden(name + "." + dtype), golden(name + ".float32"));
        qInfo("distance to fp32: %.2g, the reference's own %.2g", ours, theirs);
        const double rounding = compute == at::kFloat ? 1e-5 : compute == at::kBFloat16 ? 0x1p-8 : 0x1p-11;
        QVERIFY(ours <= theirs + rounding);
        QVERIFY(weights.unused().empty());
        QCOMPARE(weights.most_held(), std::size_t(1));
    }

    void poolsTheTokenThatTheConfigNames()
    {
        Tensors tensors;
        for (const auto& [name, tensor] : m_goldens) {
            if (name.starts_with("named_end.weights.")) tensors.emplace(name.substr(18), tensor);
        }
        const auto config = parse_clip_config({{"vocab_size", 30},
                                               {"hidden_size", 16},
                                               {"intermediate_size", 24},
                                               {"num_hidden_layers", 2},
                                               {"num_attention_heads", 4},
                                               {"max_position_embeddings", 20},
                                               {"hidden_act", "gelu"},
                                               {"eos_token_id", 7}},
                                              "here");
        QVERIFY(config.has_value());
        TestWeights weights(tensors);  // its keys are without the prefix
        ClipEncoder encoder(*config, at::kFloat);
        const auto pooled = encoder.encode(ids_of(golden("named_end.ids")), weights);
        QVERIFY(pooled.has_value());
        QVERIFY(relative_difference(*pooled, golden("named_end.float32")) <= 1e-5);
    }

    void choosesThePooledToken()
    {
        const ClipEncoder legacy(m_config, at::kFloat);
        QCOMPARE(legacy.pooled_token({812, 5, 813, 7, 813}), std::size_t(2));
        ClipConfig named = m_config;
        named.eos_token_id = 9;
        const ClipEncoder encoder(named, at::kFloat);
        QCOMPARE(encoder.pooled_token({812, 5, 9, 813, 9}), std::size_t(2));
        QCOMPARE(encoder.pooled_token({812, 5}), std::size_t(0));
    }

    void stopsBetweenLayers()
    {
        TestWeights weights(m_weights);
        ClipEncoder encoder(m_config, at::kFloat);
        std::stop_source stop;
        const auto pooled = encoder.encode({812, 5, 813}, weights, stop.get_token(), [&](int, int) { stop.request_stop(); });
        QVERIFY(!pooled.has_value());
        QCOMPARE(pooled.error().code, ErrorCode::Cancelled);
        QCOMPARE(weights.history().back(), std::string("encoder.layers.0"));
    }

    void refusesTokensBeyondTheTables()
    {
        TestWeights weights(m_weights);
        ClipEncoder encoder(m_config, at::kFloat);
        QVERIFY(!encoder.encode({814}, weights).has_value());
        QVERIFY(!encoder.encode({}, weights).has_value());
        const auto longer = encoder.encode(std::vector<std::int32_t>(78, 5), weights);
        QVERIFY(!longer.has_value());
        QVERIFY(QString::fromStdString(longer.error().message).contains("takes 1 to 77 tokens, but the tokenizer gave 78"));
    }

    void refusesConfigs()
    {
        for (const char* text : {R"({"model_type": "t5"})", R"({"hidden_act": "relu"})", R"({"num_attention_heads": 7})", "[]",
                                 R"({"hidden_size": "x"})", R"({"layer_norm_eps": 0})"}) {
            const auto config = parse_clip_config(json::parse(text), "text_encoder_2/config.json");
            QVERIFY2(!config.has_value(), text);
            QVERIFY(QString::fromStdString(config.error().message).contains("text_encoder_2/config.json"));
        }
    }
};

QTEST_APPLESS_MAIN(TestClipEncoder)
#include "test_clip_encoder.moc"

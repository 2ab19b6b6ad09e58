#include <QtTest>

#include <nlohmann/json.hpp>

#include "core/text/llama_encoder.h"
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

Tensors below(const std::string& prefix, const Tensors& all)
{
    Tensors some;
    for (const auto& [name, tensor] : all) {
        if (name.starts_with(prefix)) some.emplace(name.substr(prefix.size()), tensor);
    }
    return some;
}

}  // namespace

class TestLlamaEncoder : public QObject {
    Q_OBJECT

    Tensors m_goldens = read_golden("text/llama.safetensors");
    Tensors m_weights = read_golden("tiny_hunyuan_video/text_encoder/model.safetensors");
    json m_config = {{"vocab_size", 731},      {"hidden_size", 32},        {"intermediate_size", 48},
                     {"num_hidden_layers", 4}, {"num_attention_heads", 4}, {"num_key_value_heads", 2},
                     {"rope_theta", 500000.0}, {"rope_scaling", nullptr},  {"rms_norm_eps", 1e-5}};

    LlamaConfig config() const { return *parse_llama_config(m_config, "here"); }
    Tensor golden(const QString& name) const { return m_goldens.at(name.toStdString()); }

private Q_SLOTS:
    void equalsTheMaskedReference_data()
    {
        QTest::addColumn<QString>("dtype");
        QTest::addColumn<int>("scalar_type");
        for (const char* name : {"short", "empty", "long"}) {
            QTest::addRow("%s float32", name) << "float32" << int(at::kFloat);
            QTest::addRow("%s bfloat16", name) << "bfloat16" << int(at::kBFloat16);
            QTest::addRow("%s float16", name) << "float16" << int(at::kHalf);
        }
    }
    void equalsTheMaskedReference()
    {
        QFETCH(QString, dtype);
        QFETCH(int, scalar_type);
        const QString name = QString(QTest::currentDataTag()).section(' ', 0, 0);
        const auto compute = static_cast<at::ScalarType>(scalar_type);
        TestWeights weights(m_weights, compute);
        LlamaEncoder encoder(config(), 2, compute);
        const auto hidden = encoder.encode(ids_of(golden(name + ".ids")), weights);
        QVERIFY(hidden.has_value());
        QCOMPARE(hidden->scalar_type(), compute);
        const double ours = relative_difference(*hidden, golden(name + ".float32"));
        const double theirs = relative_difference(golden(name + "." + dtype), golden(name + ".float32"));
        qInfo("distance to fp32: %.2g, the reference's own %.2g", ours, theirs);
        const double rounding = compute == at::kFloat ? 1e-5 : compute == at::kBFloat16 ? 0x1p-9 : 0x1p-12;
        QVERIFY(ours <= theirs + rounding);
    }

    void followsOtherOptions_data()
    {
        QTest::addColumn<int>("layers");
        QTest::addColumn<int>("key_value_heads");
        QTest::addColumn<QByteArray>("rope");
        QTest::newRow("linear") << 4 << 3
                                << QByteArray(R"({"rope_scaling": {"type": "linear", "factor": 4}, "rope_theta": 10000})");
        QTest::newRow("llama3") << 3 << 1
                                << QByteArray(R"({"rope_parameters": {"rope_type": "llama3", "rope_theta": 500, "factor": 8,
                                              "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 64}})");
    }
    void followsOtherOptions()
    {
        QFETCH(int, layers);
        QFETCH(int, key_value_heads);
        QFETCH(QByteArray, rope);
        const QString name = QTest::currentDataTag();
        json stated = json::parse(rope.toStdString());
        stated.update({{"vocab_size", 40},
                       {"hidden_size", 24},
                       {"intermediate_size", 20},
                       {"num_hidden_layers", layers},
                       {"num_attention_heads", 6},
                       {"num_key_value_heads", key_value_heads},
                       {"head_dim", 8},
                       {"hidden_act", "gelu"},
                       {"attention_bias", true},
                       {"mlp_bias", true},
                       {"max_position_embeddings", 512}});
        const auto config = parse_llama_config(stated, "here");
        QVERIFY2(config.has_value(), config ? "" : config.error().message.c_str());
        TestWeights weights(below(name.toStdString() + ".weights.", m_goldens));
        LlamaEncoder encoder(*config, layers - 2, at::kFloat);
        const auto hidden = encoder.encode(ids_of(golden(name + ".ids")), weights);
        QVERIFY(hidden.has_value());
        const double difference = relative_difference(*hidden, golden(name + ".float32"));
        qInfo("max|d| relative to the scale: %.2g", difference);
        QVERIFY(difference <= 1e-5);
    }

    void readsOnlyWhatRuns()
    {
        TestWeights weights(m_weights);
        LlamaEncoder encoder(config(), 2, at::kFloat);
        std::vector<int> done;
        QVERIFY(encoder.encode({5, 6, 1}, weights, {}, [&](int layers, int) { done.push_back(layers); }));
        QCOMPARE(weights.most_held(), std::size_t(1));
        QCOMPARE(weights.history(), (std::vector<std::string>{"embedding", "layers.0", "layers.1"}));
        QCOMPARE(done, (std::vector<int>{1, 2}));
        for (const std::string& name : weights.unused()) {
            QVERIFY2(name.starts_with("layers.2.") || name.starts_with("layers.3.") || name == "norm.weight", name.c_str());
        }
    }

    void givesTheEmbeddingsOfNoLayers()
    {
        TestWeights weights(m_weights);
        LlamaEncoder encoder(config(), 0, at::kFloat);
        const auto hidden = encoder.encode({5, 6, 1}, weights);
        QVERIFY(hidden.has_value());
        QCOMPARE(max_abs_difference(hidden->select(0, 1), m_weights.at("embed_tokens.weight").select(0, 6)), 0.0);
    }

    void stopsBetweenLayers()
    {
        TestWeights weights(m_weights);
        LlamaEncoder encoder(config(), 2, at::kFloat);
        std::stop_source stop;
        const auto hidden = encoder.encode({5, 1}, weights, stop.get_token(), [&](int, int) { stop.request_stop(); });
        QVERIFY(!hidden.has_value());
        QCOMPARE(hidden.error().code, ErrorCode::Cancelled);
        QCOMPARE(weights.history().back(), std::string("layers.0"));
    }

    void refusesTokensBeyondTheTable()
    {
        TestWeights weights(m_weights);
        LlamaEncoder encoder(config(), 2, at::kFloat);
        for (const std::int32_t id : {731, -1}) {
            const auto hidden = encoder.encode({5, id}, weights);
            QVERIFY(!hidden.has_value());
            QVERIFY(QString::fromStdString(hidden.error().message).contains("knows 731 tokens only"));
        }
    }

    void refusesConfigs_data()
    {
        QTest::addColumn<QByteArray>("change");
        QTest::addColumn<QString>("part_of_message");
        const auto row = [](const char* change, const char* message) {
            QTest::newRow(change) << QByteArray(change) << QString(message);
        };
        row(R"({"model_type": "mistral"})", "model_type");
        row(R"({"hidden_size": 0})", "hidden_size");
        row(R"({"num_key_value_heads": 3})", "4 attention heads can't share 3");
        row(R"({"head_dim": 7})", "heads of 7 features");
        row(R"({"hidden_act": "relu"})", "hidden_act");
        row(R"({"rope_scaling": {"rope_type": "yarn", "factor": 2}})", "\"yarn\", which is not supported");
        row(R"({"rope_scaling": 3})", "is not an object");
        row(R"({"rope_scaling": {"rope_type": "llama3", "low_freq_factor": 4, "high_freq_factor": 4}})", "is not above");
        row(R"({"rms_norm_eps": -1})", "rms_norm_eps");
    }
    void refusesConfigs()
    {
        QFETCH(QByteArray, change);
        QFETCH(QString, part_of_message);
        json config = m_config;
        config.update(json::parse(change.toStdString()));
        const auto parsed = parse_llama_config(config, "text_encoder/config.json");
        QVERIFY(!parsed.has_value());
        QCOMPARE(parsed.error().code, ErrorCode::BadModel);
        const QString message = QString::fromStdString(parsed.error().message);
        QVERIFY2(message.contains(part_of_message) && message.contains("text_encoder/config.json"), qPrintable(message));
    }
};

QTEST_APPLESS_MAIN(TestLlamaEncoder)
#include "test_llama_encoder.moc"

#include <QtTest>

#include <filesystem>
#include <fstream>

#include <ATen/Parallel.h>
#include <nlohmann/json.hpp>

#include "core/memory/block_image.h"
#include "core/memory/planned_weights.h"
#include "core/memory/weight_layout.h"
#include "core/models/wan/transformer.h"
#include "core/tensor/host_memory.h"
#include "tests/support/golden_tensors.h"

using namespace headroom;
using namespace headroom::models::wan;
using memory::Residency;
using memory::WeightPlan;

namespace {

constexpr int kPasses = 3;

/// The tiny Wan transformer with inputs of its goldens.
struct Fixture {
    Fixture() : golden(test::read_golden("transformer/usual.safetensors")), index(files::WeightIndex::open(dir()).value())
    {
        std::ifstream stream(dir() / "config.json");
        config = parse_transformer_config(nlohmann::json::parse(stream), "config.json").value();
    }

    static std::filesystem::path dir() { return std::filesystem::path(HEADROOM_GOLDENS_DIR) / "tiny_wan/transformer"; }

    /// Three steps with guidance as the denoiser does them: the text is projected before the first pass of each prompt.
    std::vector<Tensor> run(Transformer& transformer, memory::WeightSource& weights) const
    {
        std::vector<Tensor> outputs;
        std::optional<TextContext> contexts[2];
        for (int pass = 0; pass < kPasses; ++pass) {
            for (int prompt = 0; prompt < 2; ++prompt) {
                auto& context = contexts[prompt];
                if (!context) context = transformer.embed_text(golden.at("text").mul(prompt == 0 ? 1.0 : 0.5), 4, weights);
                outputs.push_back(
                    transformer.forward(golden.at("latents"), 900.0 - 250.0 * pass, {&*context, 1}, weights).value().front());
            }
        }
        return outputs;
    }

    test::Tensors golden;
    files::WeightIndex index;
    TransformerConfig config;
};

bool equal(const std::vector<Tensor>& a, const std::vector<Tensor>& b)
{
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (!a[i].equal(b[i])) return false;
    }
    return a.size() == b.size();
}

}  // namespace

/// Where weights lie and when they come changes no bit, and takes on the device what the layout says, to the byte.
class TestWeightResidency : public QObject {
    Q_OBJECT

    std::unique_ptr<Fixture> m_fixture;

private Q_SLOTS:
    void initTestCase()
    {
        HostMemory::start_counting();
        at::set_num_threads(1);
        m_fixture = std::make_unique<Fixture>();
    }

    void givesTheSameBits_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::newRow("fp32") << int(at::kFloat);
        QTest::newRow("bf16") << int(at::kBFloat16);
    }
    void givesTheSameBits()
    {
        QFETCH(int, dtype);
        const auto compute = static_cast<at::ScalarType>(dtype);
        Transformer transformer(m_fixture->config);
        test::TestWeights all_at_hand(test::read_golden("tiny_wan/transformer/diffusion_pytorch_model.safetensors"), compute);
        const auto expected = m_fixture->run(transformer, all_at_hand);
        const int count = int(transformer.blocks().size());

        std::vector<std::int64_t> block_bytes;
        for (const auto* block : transformer.blocks()) block_bytes.push_back(memory::device_bytes(*block, compute));
        std::vector<WeightPlan> plans{{Residency::WholeRun}, {Residency::WhileStageRuns}, {Residency::OnHost}};
        for (int resident = 0; resident <= count; ++resident) {
            for (const int slots : {1, 2, 3}) plans.push_back({Residency::Streamed, resident, slots});
        }
        for (const WeightPlan& plan : plans) {
            const std::int64_t before = HostMemory::live_bytes();
            {
                memory::KeptWeights kept;
                memory::PlannedWeightSources sources(plan, at::kCPU, compute, kept);
                const auto weights = sources.open(&m_fixture->index, transformer.blocks());
                QVERIFY(equal(m_fixture->run(transformer, *weights), expected));
                WeightPlan laid_out = plan;
                if (plan.residency == Residency::OnHost)
                    laid_out.residency = Residency::WhileStageRuns;  // here the host is the device
                QCOMPARE(qint64(HostMemory::live_bytes() - before),
                         qint64(memory::WeightLayout(block_bytes, laid_out).held_bytes()));
            }
            QCOMPARE(qint64(HostMemory::live_bytes()), qint64(before));
        }
        qInfo("%zu plans, %d passes each", plans.size(), 2 * kPasses);
    }
};

QTEST_APPLESS_MAIN(TestWeightResidency)
#include "test_weight_residency.moc"

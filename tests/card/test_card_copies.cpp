// Weights on their way to the card: copies and computing are queued on streams that each work at their own, random pace, so that
// whatever isn't waited for is overwritten or read too soon. What "computes" here is a copy on the card, which the stand-in
// really makes.
#include <QTemporaryDir>
#include <QtTest>

#include <ATen/ops/cat.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/randn.h>

#include "core/files/safetensors_writer.h"
#include "core/memory/streamed_weights.h"
#include "core/nn/causal_conv3d.h"
#include "tests/card/stand_in_card.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using memory::Residency;

namespace {

constexpr int kBlocks = 7;
constexpr std::int64_t kWidth = 1 << 18;

/// A component of blocks with a large and a small weight each, in a file.
struct Component {
    Component()
    {
        std::vector<files::TensorEntry> entries;
        for (std::size_t i = 0; i < kBlocks; ++i) {
            blocks[i].name = "block" + std::to_string(i);
            const nn::Declare declare(blocks[i], blocks[i].name + ".");
            declare(large[i], "large", {5, kWidth + std::int64_t(i)});
            declare(small[i], "small", {3});
            for (const nn::Parameter* parameter : blocks[i].parameters) {
                const Tensor& value = values[parameter->name] = at::randn(parameter->shape);
                const auto* bytes = static_cast<const std::byte*>(value.const_data_ptr());
                entries.push_back({parameter->name, files::StoredDtype::F32, parameter->shape, {bytes, value.nbytes()}});
            }
        }
        if (!files::write_safetensors(dir.path().toStdString() + "/model.safetensors", entries))
            qFatal("the weights could not be written");
        index.emplace(files::WeightIndex::open(dir.path().toStdString()).value());
        for (auto& block : blocks) all.push_back(&block);
    }

    QTemporaryDir dir;
    std::array<nn::ParameterBlock, kBlocks> blocks;
    std::array<nn::Parameter, kBlocks> large, small;
    std::map<std::string, Tensor> values;
    std::optional<files::WeightIndex> index;
    std::vector<nn::ParameterBlock*> all;
};

}  // namespace

class TestCardCopies : public QObject {
    Q_OBJECT

    std::unique_ptr<Devices> m_devices = test::devices_with_card();

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_devices->find("cuda:0")); }
    void init() { test::seed_random_numbers(); }

    void computingSeesTheBlockThatItAcquired_data()
    {
        QTest::addColumn<int>("slots");
        QTest::addColumn<int>("resident_blocks");
        QTest::addColumn<at::ScalarType>("dtype");
        for (const int slots : {1, 2, 3}) {
            for (const int resident : {0, 3}) {
                QTest::addRow("%d slots, %d stay", slots, resident) << slots << resident << at::kFloat;
            }
        }
        QTest::addRow("converted") << 2 << 0 << at::kBFloat16;
    }

    void computingSeesTheBlockThatItAcquired()
    {
        QFETCH(int, slots);
        QFETCH(int, resident_blocks);
        QFETCH(at::ScalarType, dtype);
        Component component;
        const std::int64_t before = test::tensor_bytes(*m_devices);
        {
            memory::StreamedWeights source(*component.index, component.all, {Residency::Streamed, resident_blocks, slots},
                                           test::kCard, dtype, m_devices->copies_to(test::kCard));
            std::vector<std::pair<Tensor, Tensor>> seen;  // on the card; as it should be
            for (int pass = 0; pass < 4; ++pass) {
                for (auto& block : component.blocks) {
                    const auto held = source.acquire(block);
                    for (const nn::Parameter* parameter : block.parameters) {
                        Tensor copy = at::empty_like(parameter->value);
                        copy.copy_(parameter->value);  // queued
                        seen.emplace_back(copy, component.values.at(parameter->name).to(dtype));
                    }
                }
            }
            for (std::size_t i = 0; i < seen.size(); ++i) {
                QVERIFY2(seen[i].first.cpu().equal(seen[i].second), qPrintable(QString("block %1").arg(i / 2 % kBlocks)));
            }
        }
        QCOMPARE(test::tensor_bytes(*m_devices), before);
    }

    void framesParkedOnTheHostComeBack()
    {
        nn::CausalHistory history(nn::CausalHistory::Place::Host);
        Tensor expected = at::randn({2, 1, 31, 33, 16});
        history.push(expected.to(test::kCard));
        std::vector<std::pair<Tensor, Tensor>> seen;
        for (int chunk = 0; chunk < 12; ++chunk) {
            Tensor fetched = history.tail();
            Tensor copy = at::empty_like(fetched);
            copy.copy_(fetched);  // queued
            seen.emplace_back(copy, expected);
            const Tensor frames = at::randn({1 + chunk % 4, 1, 31, 33, 16});
            history.push(frames.to(test::kCard));
            expected = at::cat({expected, frames}).narrow(0, frames.size(0), 2);
        }
        QCOMPARE(history.parked_bytes(), history.size_bytes());
        for (const auto& [copy, right] : seen) QVERIFY(copy.cpu().equal(right));
    }
};

QTEST_GUILESS_MAIN(TestCardCopies)
#include "test_card_copies.moc"

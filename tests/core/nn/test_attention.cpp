#include <QtTest>

#include <cmath>

#include <ATen/Parallel.h>
#include <ATen/ops/_fused_sdp_choice.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>

#include "core/nn/attention.h"
#include "core/tensor/dry_run.h"
#include "core/tensor/host_memory.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/peaks.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::test;

namespace {

constexpr std::int64_t kFlashAttention = 1;  // at::SDPBackend::flash_attention

/// The definition in float64: [batch, tokens, heads, head_dim] throughout.
Tensor by_definition(const Tensor& query, const Tensor& key, const Tensor& value)
{
    const Tensor q = query.to(at::kDouble).transpose(1, 2);
    const Tensor k = key.to(at::kDouble).transpose(1, 2);
    const Tensor scores = at::matmul(q, k.transpose(2, 3)).div_(std::sqrt(double(query.size(3))));
    return at::matmul(at::softmax(scores, -1), value.to(at::kDouble).transpose(1, 2)).transpose(1, 2);
}

}  // namespace

class TestAttention : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::seed_random_numbers(); }
    void initTestCase()
    {
        HostMemory::start_counting();
        at::set_num_threads(1);
    }

    void equalsTheDefinition_data()
    {
        QTest::addColumn<int>("queries");
        QTest::addColumn<int>("keys");
        QTest::addColumn<int>("head_dim");
        QTest::newRow("to itself") << 33 << 33 << 64;
        QTest::newRow("to a text") << 17 << 512 << 12;
        QTest::newRow("one of each") << 1 << 1 << 2;
    }
    void equalsTheDefinition()
    {
        QFETCH(int, queries);
        QFETCH(int, keys);
        QFETCH(int, head_dim);
        const Tensor query = at::randn({2, queries, 3, head_dim});
        const Tensor key = at::randn({2, keys, 3, head_dim});
        const Tensor value = at::randn({2, keys, 3, head_dim});
        const Tensor joined = nn::attention(query, key, value);
        QVERIFY(relative_difference(joined, by_definition(query, key, value)) <= 1e-6);
        QVERIFY(joined.is_contiguous());
    }

    void aBiasOfLogCountMakesAKeyCountSoOften()
    {
        const Tensor query = at::randn({1, 9, 2, 16});
        const Tensor key = at::randn({1, 4, 2, 16});
        const Tensor value = at::randn({1, 4, 2, 16});
        const auto repeat_last = [](const Tensor& x, std::int64_t times) {
            return at::cat({x, x.narrow(1, 3, 1).expand({1, times - 1, 2, 16})}, 1);
        };
        Tensor bias = at::zeros({4});
        bias[3].fill_(std::log(500.0));
        const Tensor expected = by_definition(query, repeat_last(key, 500), repeat_last(value, 500));
        QVERIFY(relative_difference(nn::attention(query, key, value, bias), expected) <= 1e-6);
        QVERIFY(relative_difference(nn::attention(query, key, value), expected) > 0.05);
    }

    void takesTheFlashPathOnTheCpu_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::newRow("float32") << int(at::kFloat);
        QTest::newRow("bfloat16") << int(at::kBFloat16);
        QTest::newRow("float16") << int(at::kHalf);
    }
    void takesTheFlashPathOnTheCpu()
    {
        QFETCH(int, dtype);
        const Tensor x = at::randn({1, 8, 2, 12}).to(at::ScalarType(dtype)).transpose(1, 2);
        QCOMPARE(at::_fused_sdp_choice(x, x, x), kFlashAttention);
        QCOMPARE(at::_fused_sdp_choice(x, x, x, at::zeros({1, 1, 1, 8})), kFlashAttention);
        const Tensor biased = nn::attention(x.transpose(1, 2), x.transpose(1, 2), x.transpose(1, 2), at::zeros({8}));
        QCOMPARE(biased.scalar_type(), at::ScalarType(dtype));
    }

    // On a CPU with tiles (AMX) bfloat16 packs keys and values from 64 tokens on.
    void takesWhatADryRunCounts_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::addColumn<QList<int>>("shape");  // queries, keys, heads, channels
        const QList<QList<int>> shapes{{24, 24, 2, 12},   {64, 63, 4, 16},    {64, 64, 4, 16},
                                       {40, 300, 4, 16},  {226, 226, 4, 16},  {226, 225, 4, 13},
                                       {1000, 77, 2, 12}, {1000, 513, 4, 64}, {300, 2000, 3, 128}};
        for (const auto& [name, dtype] :
             {std::pair{"float32", at::kFloat}, std::pair{"bfloat16", at::kBFloat16}, std::pair{"float16", at::kHalf}}) {
            for (const QList<int>& shape : shapes)
                QTest::addRow("%s, %d queries, %d keys", name, shape[0], shape[1]) << int(dtype) << shape;
        }
    }
    void takesWhatADryRunCounts()
    {
        QFETCH(int, dtype);
        QFETCH(QList<int>, shape);
        const auto peak_on = [&](at::Device device, const auto& peak_of) {
            const auto options = at::TensorOptions().dtype(at::ScalarType(dtype)).device(device);
            const Tensor query = at::zeros({1, shape[0], shape[2], shape[3]}, options);
            const Tensor key = at::zeros({1, shape[1], shape[2], shape[3]}, options);
            return peak_of([&] { nn::attention(query, key, key); });
        };
        const std::int64_t counted = peak_on(at::kCPU, [](const auto& work) { return counted_peak(work); });
        DryRun run(ImitatedDevice::Cpu, 1);
        const std::int64_t forecast = peak_on(at::kMeta, [&](const auto& work) { return forecast_peak(run, work); });
        QCOMPARE(forecast, counted);
    }

    void memoryDoesNotGrowWithTheSquareOfTheTokens()
    {
        const Tensor x = at::randn({1, 2048, 1, 8});
        const std::int64_t before = HostMemory::live_bytes();
        HostMemory::restart_peak();
        nn::attention(x, x, x);
        QVERIFY(HostMemory::peak_bytes() - before < 2048 * 2048 * 4 / 8);
    }
};

QTEST_APPLESS_MAIN(TestAttention)
#include "test_attention.moc"

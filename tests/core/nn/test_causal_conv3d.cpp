#include <QtTest>

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv3d.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include "core/nn/causal_conv3d.h"
#include "core/nn/conv2d.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::nn;

namespace {

constexpr double kRounding = 2e-6;

/// The whole clip at once by LibTorch's own convolution: zeros before the first frame.
Tensor whole_clip(const Tensor& clip, const Tensor& weight, const Tensor& bias)
{
    const std::int64_t padding = weight.size(3) / 2;
    const Tensor padded = at::constant_pad_nd(clip.permute({1, 4, 0, 2, 3}), {0, 0, 0, 0, 2, 0});
    return at::conv3d(padded, weight, bias, {1, 1, 1}, {0, padding, padding}).permute({2, 0, 3, 4, 1}).contiguous();
}

struct Sizes {
    std::int64_t batch, height, width, in, out;
};

}  // namespace

class TestCausalConv3d : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::seed_random_numbers(); }
    // The tensors are tiny and ctest runs tests side by side: threads would only wait for each other.
    void initTestCase() { at::set_num_threads(1); }

    void chunksGiveWhatTheWholeClipGives_data()
    {
        QTest::addColumn<QList<int>>("chunks");
        QTest::addColumn<QList<int>>("sizes");  // batch, height, width, in, out
        const QList<int> usual{1, 6, 5, 8, 12};
        QTest::newRow("one frame") << QList<int>{1} << usual;
        QTest::newRow("one by one") << QList<int>{1, 1, 1, 1} << usual;
        QTest::newRow("one, then two") << QList<int>{1, 2, 2, 1} << usual;
        QTest::newRow("one, then four") << QList<int>{1, 4, 4} << usual;
        QTest::newRow("one, then eight and a shorter end") << QList<int>{1, 8, 4} << usual;
        QTest::newRow("batch of three") << QList<int>{1, 2, 1, 4} << QList<int>{3, 6, 5, 8, 12};
        QTest::newRow("odd channels") << QList<int>{1, 2, 4} << QList<int>{2, 7, 3, 5, 3};
        QTest::newRow("one channel") << QList<int>{1, 2, 4} << QList<int>{1, 4, 4, 1, 1};
        QTest::newRow("a single pixel") << QList<int>{1, 2, 1} << QList<int>{1, 1, 1, 4, 6};
    }
    void chunksGiveWhatTheWholeClipGives()
    {
        QFETCH(QList<int>, chunks);
        QFETCH(QList<int>, sizes);
        const Sizes s{sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]};
        std::int64_t frames = 0;
        for (int chunk : chunks) frames += chunk;
        const Tensor clip = at::randn({frames, s.batch, s.height, s.width, s.in});
        const Tensor weight = at::randn({s.out, s.in, 3, 3, 3});
        const Tensor bias = at::randn({s.out});
        const Tensor expected = whole_clip(clip, weight, bias);

        CausalHistory history, joined_history, sum_history;
        std::int64_t first = 0;
        for (int count : chunks) {
            const Tensor chunk = clip.narrow(0, first, count).clone();
            const Tensor expected_chunk = expected.narrow(0, first, count);
            const Tensor joined = causal_conv3d_joined(chunk, weight, bias, joined_history);
            joined_history.push(chunk);
            Tensor sum = at::ones(expected_chunk.sizes());
            add_causal_conv3d(sum, chunk, weight, bias, sum_history);
            QVERIFY(test::relative_difference(causal_conv3d(chunk, weight, bias, history), expected_chunk) < kRounding);
            QVERIFY(test::relative_difference(joined, expected_chunk) < kRounding);
            QVERIFY(test::relative_difference(sum.sub(1), expected_chunk) < kRounding);
            first += count;
        }
    }

    void theDoubledFramesAlternateBetweenTheHalves()
    {
        const Tensor clip = at::randn({4, 2, 3, 5, 6});
        FrameDoublingConv conv;
        conv.weight.value = at::randn({12, 6, 3, 1, 1});
        conv.bias.value = at::randn({12});
        const Tensor both = whole_clip(clip, conv.weight.value, conv.bias.value);
        CausalHistory history;
        const Tensor doubled =
            at::cat({conv.forward(clip.narrow(0, 0, 1), history), conv.forward(clip.narrow(0, 1, 3), history)});
        QCOMPARE(doubled.size(0), 8);
        for (std::int64_t frame = 0; frame < 4; ++frame) {
            QVERIFY(test::relative_difference(doubled[2 * frame], both[frame].narrow(-1, 0, 6)) < kRounding);
            QVERIFY(test::relative_difference(doubled[2 * frame + 1], both[frame].narrow(-1, 6, 6)) < kRounding);
        }
    }

    void theHistoryHoldsTwoFramesWhateverTheChunk()
    {
        CausalHistory history;
        QCOMPARE(history.size_bytes(), 0);
        QVERIFY(!history.tail().defined());
        const Tensor clip = at::randn({8, 1, 2, 2, 3});
        history.push(clip.narrow(0, 0, 1));
        QCOMPARE(history.frames(), 1);
        QVERIFY(history.tail().equal(clip.narrow(0, 0, 1)));
        const std::int64_t size_bytes = history.size_bytes();
        QCOMPARE(size_bytes, 2 * 2 * 2 * 3 * 4);
        history.push(clip.narrow(0, 1, 1));
        QVERIFY(history.tail().equal(clip.narrow(0, 0, 2)));
        history.push(clip.narrow(0, 2, 1));
        QVERIFY(history.tail().equal(clip.narrow(0, 1, 2)));
        history.push(clip.narrow(0, 3, 5));
        QVERIFY(history.tail().equal(clip.narrow(0, 6, 2)));
        QCOMPARE(history.size_bytes(), size_bytes);
    }

    void halfTypesAreRoundedOnce_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::addColumn<double>("step");  // relative distance of two neighbouring numbers
        QTest::newRow("bf16") << int(at::kBFloat16) << 0.0078125;
        QTest::newRow("fp16") << int(at::kHalf) << 0.0009765625;
    }
    void halfTypesAreRoundedOnce()
    {
        QFETCH(int, dtype);
        QFETCH(double, step);
        const auto half = at::ScalarType(dtype);
        const Tensor clip = at::randn({3, 1, 5, 4, 8}).to(half);
        const Tensor weight = at::randn({6, 8, 3, 3, 3}).to(half);
        const Tensor bias = at::randn({6}).to(half);
        const Tensor exact = whole_clip(clip.to(at::kFloat), weight.to(at::kFloat), bias.to(at::kFloat));
        CausalHistory history;
        const Tensor first = causal_conv3d(clip.narrow(0, 0, 1), weight, bias, history);
        const Tensor later = causal_conv3d(clip.narrow(0, 1, 2), weight, bias, history);
        const Tensor result = at::cat({first, later});
        QCOMPARE(int(result.scalar_type()), dtype);
        const Tensor distance = result.to(at::kFloat).sub(exact).abs();
        QVERIFY(distance.le(exact.abs().mul(step * 0.51).add(1e-4)).all().item<bool>());
    }

    void aConvolutionAddsToItsTargetInPlace()
    {
        const Tensor x = at::randn({2, 5, 6, 4});
        Conv2d conv;
        conv.weight.value = at::randn({3, 4, 3, 3});
        conv.bias.value = at::randn({3});
        Tensor buffer = at::zeros({4, 5, 6, 3});
        Tensor target = buffer.narrow(0, 1, 2);
        conv.forward_to(target, x);
        QVERIFY(test::relative_difference(buffer.narrow(0, 1, 2), conv.forward(x)) < kRounding);
        QCOMPARE(buffer[0].abs().max().item<float>(), 0.0F);
        QCOMPARE(buffer[3].abs().max().item<float>(), 0.0F);
        add_conv2d_same(target, x, conv.weight.value, conv.bias.value);
        QVERIFY(test::relative_difference(buffer.narrow(0, 1, 2), conv.forward(x).mul(2)) < kRounding);
    }
};

QTEST_APPLESS_MAIN(TestCausalConv3d)
#include "test_causal_conv3d.moc"

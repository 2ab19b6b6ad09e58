#include <QtTest>

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv3d.h>
#include <ATen/ops/randn.h>

#include "core/nn/halving_conv.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::nn;

namespace {

constexpr double kRounding = 2e-6;

HalvingConv2d halving(std::int64_t in, std::int64_t out)
{
    HalvingConv2d conv;
    conv.weight.value = at::randn({out, in, 3, 3}).div(double(in));
    conv.bias.value = at::randn({out});
    return conv;
}

/// As the autoencoder's authors write it: a padded copy, then LibTorch's convolution.
Tensor padded_and_convolved(const Tensor& x, const HalvingConv2d& conv)
{
    const Tensor padded = at::constant_pad_nd(x.permute({0, 3, 1, 2}), {0, 1, 0, 1});
    return at::conv2d(padded, conv.weight.value, conv.bias.value, {2, 2}).permute({0, 2, 3, 1});
}

FrameHalvingConv frame_halving(std::int64_t channels)
{
    FrameHalvingConv conv;
    conv.weight.value = at::randn({channels, channels, 3, 1, 1}).div(double(channels));
    conv.bias.value = at::randn({channels});
    return conv;
}

/// The first frame as it is, then every second position of a convolution over the whole clip.
Tensor whole_clip(const Tensor& clip, const FrameHalvingConv& conv)
{
    const Tensor halved = at::conv3d(clip.permute({1, 4, 0, 2, 3}), conv.weight.value, conv.bias.value, {2, 1, 1});
    return at::cat({clip.narrow(0, 0, 1), halved.permute({2, 0, 3, 4, 1})});
}

}  // namespace

class TestHalvingConv : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::seed_random_numbers(); }
    void initTestCase() { at::set_num_threads(1); }

    void seesZerosAtBottomAndRightAlone_data()
    {
        QTest::addColumn<QList<int>>("sizes");  // images, height, width, in, out
        QTest::newRow("even") << QList<int>{3, 8, 6, 5, 7};
        QTest::newRow("odd height") << QList<int>{1, 9, 6, 8, 8};
        QTest::newRow("odd width") << QList<int>{2, 4, 7, 8, 3};
        QTest::newRow("the smallest") << QList<int>{1, 2, 2, 1, 1};
        QTest::newRow("more than are taken at once") << QList<int>{3, 256, 128, 64, 1};
    }
    void seesZerosAtBottomAndRightAlone()
    {
        QFETCH(QList<int>, sizes);
        const HalvingConv2d conv = halving(sizes[3], sizes[4]);
        const Tensor x = at::randn({sizes[0], sizes[1], sizes[2], sizes[3]});
        const Tensor result = conv.forward(x);
        QVERIFY(result.is_contiguous());
        QVERIFY(test::max_abs_difference(result, padded_and_convolved(x, conv)) <= kRounding);
    }

    void halfTypesAreRoundedOnce()
    {
        const HalvingConv2d conv = halving(16, 8);
        HalvingConv2d narrow;
        narrow.weight.value = conv.weight.value.to(at::kBFloat16);
        narrow.bias.value = conv.bias.value.to(at::kBFloat16);
        HalvingConv2d widened;
        widened.weight.value = narrow.weight.value.to(at::kFloat);
        widened.bias.value = narrow.bias.value.to(at::kFloat);
        const Tensor x = at::randn({2, 6, 6, 16}).to(at::kBFloat16);
        const Tensor result = narrow.forward(x);
        QVERIFY(result.scalar_type() == at::kBFloat16);
        QVERIFY(result.equal(widened.forward(x.to(at::kFloat)).to(at::kBFloat16)));
    }

    void chunksHalveAsTheWholeClipDoes_data()
    {
        QTest::addColumn<QList<int>>("chunks");
        QTest::newRow("one frame") << QList<int>{1};
        QTest::newRow("one, then two") << QList<int>{1, 2, 2, 2};
        QTest::newRow("one, then four and two") << QList<int>{1, 4, 2};
        QTest::newRow("one, then eight") << QList<int>{1, 8, 8};
    }
    void chunksHalveAsTheWholeClipDoes()
    {
        QFETCH(QList<int>, chunks);
        const FrameHalvingConv conv = frame_halving(6);
        std::int64_t frames = 0;
        for (const int chunk : chunks) frames += chunk;
        const Tensor clip = at::randn({frames, 2, 3, 4, 6});
        CausalHistory past;
        std::vector<Tensor> results;
        for (std::int64_t first = 0, i = 0; first < frames; first += chunks[i], ++i) {
            results.push_back(conv.forward(clip.narrow(0, first, chunks[i]).clone(), past));
        }
        const Tensor expected = frames == 1 ? clip : whole_clip(clip, conv);
        QVERIFY(test::max_abs_difference(at::cat(results), expected) <= kRounding);
    }
};

QTEST_APPLESS_MAIN(TestHalvingConv)
#include "test_halving_conv.moc"

#include <QtTest>

#include <ATen/Parallel.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/zeros.h>

#include "core/nn/group_norm.h"
#include "core/tensor/dry_run.h"
#include "core/tensor/host_memory.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/peaks.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::test;

namespace {

constexpr double kEps = 1e-6;
constexpr std::int64_t kWidestVectorStep = 32;  // of LibTorch's kernels, with AVX-512
constexpr auto kNothing = nn::ChannelMap::Then::Nothing;
constexpr auto kSilu = nn::ChannelMap::Then::Silu;

nn::GroupNorm random_norm(std::int64_t channels, std::int64_t groups, at::TensorOptions options = {})
{
    nn::GroupNorm norm;
    norm.groups = groups;
    norm.eps = kEps;
    norm.weight.value = at::randn({channels}, options);
    norm.bias.value = at::randn({channels}, options);
    return norm;
}

/// torch.nn.GroupNorm of [batch, channels, frames, height, width], in float64.
Tensor by_libtorch(const nn::GroupNorm& norm, const Tensor& x, at::ScalarType dtype = at::kDouble)
{
    const Tensor channels_first = x.permute({1, 4, 0, 2, 3}).to(dtype).contiguous();
    return at::group_norm(channels_first, norm.groups, norm.weight.value.to(dtype), norm.bias.value.to(dtype), norm.eps)
        .permute({2, 0, 3, 4, 1});
}

Tensor mapped(const nn::ChannelMap& map, const Tensor& x, nn::ChannelMap::Then then)
{
    Tensor result = at::empty(x.sizes(), x.options());
    map.apply(x, result, then);
    return result;
}

/// The whole of a norm in place, as a layer does it. → the peak above what is there.
template <typename Peak>
std::int64_t peak_of_norm(at::TensorOptions options, std::vector<std::int64_t> shape, const Peak& peak)
{
    nn::GroupNorm norm;
    norm.groups = 4;
    norm.weight.value = at::zeros({shape.back()}, options);
    norm.bias.value = at::zeros({shape.back()}, options);
    const Tensor x = at::zeros(shape, options);
    return peak([&] { norm.map(x).apply(x, x, kSilu); });
}

}  // namespace

class TestGroupNorm : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        HostMemory::start_counting();
        at::set_num_threads(1);
    }
    void init() { test::seed_random_numbers(); }

    void equalsLibTorchs_data()
    {
        QTest::addColumn<QList<int>>("shape");
        QTest::addColumn<int>("groups");
        QTest::addColumn<double>("mean");
        QTest::newRow("one frame") << QList<int>{1, 1, 4, 6, 8} << 4 << 0.0;
        QTest::newRow("frames and a batch") << QList<int>{3, 2, 5, 4, 12} << 3 << 1.0;
        QTest::newRow("a group of one channel") << QList<int>{2, 1, 3, 3, 8} << 8 << 1.0;
        QTest::newRow("one group") << QList<int>{2, 1, 3, 3, 8} << 1 << 1.0;
        QTest::newRow("one position") << QList<int>{1, 1, 1, 1, 8} << 2 << 0.0;
        QTest::newRow("more than a piece") << QList<int>{2, 1, 80, 80, 64} << 32 << 0.5;
        QTest::newRow("a large mean") << QList<int>{2, 1, 64, 48, 64} << 32 << 30.0;
    }
    void equalsLibTorchs()
    {
        QFETCH(QList<int>, shape);
        QFETCH(int, groups);
        QFETCH(double, mean);
        const Tensor x = at::randn(std::vector<std::int64_t>(shape.begin(), shape.end())).add_(mean);
        const nn::GroupNorm norm = random_norm(x.size(4), groups);
        const Tensor expected = by_libtorch(norm, x);
        const double mean_cost = 1 + mean;  // x · scale + shift cancels so many digits.
        QVERIFY2(relative_difference(mapped(norm.map(x), x, kNothing), expected) <= 1e-6 * mean_cost,
                 qPrintable(QString::number(relative_difference(mapped(norm.map(x), x, kNothing), expected))));
        QVERIFY(relative_difference(mapped(norm.map(x), x, kSilu), at::silu(expected)) <= 1e-6 * mean_cost);
    }

    void isAsExactAsLibTorchs()
    {
        const Tensor x = at::randn({3, 1, 72, 56, 64}).add_(30);
        const nn::GroupNorm norm = random_norm(64, 32);
        const Tensor expected = by_libtorch(norm, x);
        const double own = relative_difference(mapped(norm.map(x), x, kNothing), expected);
        const double libtorchs = relative_difference(by_libtorch(norm, x, at::kFloat), expected);
        QVERIFY2(own <= 1.5 * libtorchs + 1e-7, qPrintable(QString("%1 against %2").arg(own).arg(libtorchs)));
    }

    void gathersStatisticsFromBands()
    {
        const Tensor x = at::randn({3, 2, 23, 7, 16}).add_(2);
        nn::GroupStatistics in_bands;
        const std::vector<std::pair<int, int>> bands{{0, 9}, {9, 1}, {10, 13}};
        for (const auto& [top, rows] : bands) in_bands.add(x.narrow(2, top, rows));
        QCOMPARE(in_bands.count(), std::int64_t(3 * 23 * 7));
        nn::GroupStatistics of_frames;
        for (int frame = 0; frame < 3; ++frame) of_frames.add(x.narrow(0, frame, 1));
        nn::GroupStatistics whole;
        whole.add(x);
        for (const nn::GroupStatistics* parts : {&in_bands, &of_frames}) {
            QVERIFY(relative_difference(parts->mean(4), whole.mean(4)) <= 2e-7);
            QVERIFY(relative_difference(parts->variance(4), whole.variance(4)) <= 2e-7);
        }
    }

    void mapsAnyPartToTheSameNumbers()
    {
        const Tensor x = at::randn({3, 2, 10, 7, kWidestVectorStep});
        const nn::GroupNorm norm = random_norm(kWidestVectorStep, 4);
        const nn::ChannelMap map = norm.map(x);
        const Tensor whole = mapped(map, x, kSilu);
        // Rows of two frames into the inside of a larger tensor, as a padded convolution reads them.
        Tensor padded = at::zeros({2, 2, 6, 9, kWidestVectorStep});
        map.apply(x.narrow(0, 1, 2).narrow(2, 3, 4), padded.narrow(2, 1, 4).narrow(3, 1, 7), kSilu);
        const Tensor expected = at::constant_pad_nd(whole.narrow(0, 1, 2).narrow(2, 3, 4), {0, 0, 1, 1, 1, 1});
        QVERIFY(padded.equal(expected));
        map.apply(x, x, kSilu);
        QVERIFY(x.equal(whole));
    }

    void roundsHalfTypesOnce_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::newRow("bfloat16") << int(at::kBFloat16);
        QTest::newRow("float16") << int(at::kHalf);
    }
    void roundsHalfTypesOnce()
    {
        QFETCH(int, dtype);
        const auto half = at::ScalarType(dtype);
        const Tensor x = at::randn({2, 1, 72, 64, 64}).to(half);
        const nn::GroupNorm norm = random_norm(64, 4, at::TensorOptions().dtype(half));
        const Tensor wide = mapped(norm.map(x.to(at::kFloat)), x.to(at::kFloat), kSilu);
        QVERIFY(mapped(norm.map(x), x, kSilu).equal(wide.to(half)));
        Tensor to_wide = at::empty(x.sizes(), at::kFloat);
        norm.map(x).apply(x, to_wide, kSilu);
        QVERIFY(to_wide.equal(wide));
    }

    void takesWhatADryRunCounts_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::newRow("float32") << int(at::kFloat);
        QTest::newRow("float16") << int(at::kHalf);
    }
    void takesWhatADryRunCounts()
    {
        QFETCH(int, dtype);
        const std::vector<std::int64_t> shape{3, 2, 70, 64, 64};
        const auto options = at::TensorOptions().dtype(at::ScalarType(dtype));
        const std::int64_t counted = peak_of_norm(options, shape, [](const auto& work) { return counted_peak(work); });
        DryRun run(ImitatedDevice::Cpu, 1);
        const std::int64_t forecast =
            peak_of_norm(options.device(at::kMeta), shape, [&](const auto& work) { return forecast_peak(run, work); });
        QCOMPARE(forecast, counted);
        QVERIFY(counted < std::int64_t{3} << 20);
    }
};

QTEST_APPLESS_MAIN(TestGroupNorm)
#include "test_group_norm.moc"

#include <QtTest>

#include <cmath>

#include <ATen/Parallel.h>
#include <ATen/ops/conv3d.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include "core/nn/piece_conv3d.h"
#include "core/tensor/dry_run.h"
#include "core/tensor/host_memory.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::test;

namespace {

// A dry run takes the most that oneDNN asks for beside its weights, 12 KiB; it may want less.
constexpr double kScratch = 12336;

Tensor by_libtorch(const Tensor& piece, const Tensor& weight, const Tensor& bias, nn::ConvStrides strides)
{
    const Tensor channels_first = piece.permute({1, 4, 0, 2, 3}).contiguous();
    return at::conv3d(channels_first, weight, bias, {strides.time, strides.space, strides.space}).permute({2, 0, 3, 4, 1});
}

}  // namespace

class TestPieceConv3d : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        HostMemory::start_counting();
        at::set_num_threads(1);
    }
    void init() { seed_random_numbers(); }

    void equalsLibTorchs_data()
    {
        QTest::addColumn<int>("batch");
        QTest::addColumn<int>("time_stride");
        QTest::addColumn<int>("space_stride");
        QTest::newRow("every position") << 1 << 1 << 1;
        QTest::newRow("a batch") << 2 << 1 << 1;
        QTest::newRow("every second row and column") << 1 << 1 << 2;
        QTest::newRow("every second frame too") << 2 << 2 << 2;
    }
    void equalsLibTorchs()
    {
        QFETCH(int, batch);
        QFETCH(int, time_stride);
        QFETCH(int, space_stride);
        const nn::ConvStrides strides{time_stride, space_stride};
        const Tensor piece = at::randn({7, batch, 9, 6, 5}), weight = at::randn({4, 5, 3, 3, 3}), bias = at::randn({4});
        const Tensor result = nn::PieceConv3d(weight, bias, strides)(piece);
        QVERIFY(result.is_contiguous());
        QVERIFY(relative_difference(result, by_libtorch(piece, weight, bias, strides)) <= 1e-6);
    }

    void takesFloatPiecesForHalfWeightsOnTheCpu()
    {
        const Tensor piece = at::randn({4, 1, 5, 6, 5});
        const Tensor weight = at::randn({4, 5, 3, 3, 3}).to(at::kHalf), bias = at::randn({4}).to(at::kHalf);
        const nn::PieceConv3d conv(weight, bias);
        QVERIFY(conv.options().dtype() == at::kFloat);
        const Tensor expected = by_libtorch(piece, weight.to(at::kFloat), bias.to(at::kFloat), {});
        QVERIFY(relative_difference(conv(piece), expected) <= 1e-6);
    }

    void takesWhatADryRunCounts_data()
    {
        QTest::addColumn<int>("time_stride");
        QTest::newRow("every position") << 1;
        QTest::newRow("every second") << 2;
    }
    void takesWhatADryRunCounts()
    {
        QFETCH(int, time_stride);
        const auto convolve = [&](at::TensorOptions options) {
            const nn::PieceConv3d conv(at::zeros({24, 16, 3, 3, 3}, options), at::zeros({24}, options),
                                       {time_stride, time_stride});
            return conv(at::zeros({9, 1, 32, 33, 16}, options));
        };
        std::int64_t before = HostMemory::live_bytes();
        HostMemory::restart_peak();
        const Tensor result = convolve({});
        const std::int64_t counted = HostMemory::peak_bytes() - before;
        DryRun run(ImitatedDevice::Cpu, 1);
        before = run.live_bytes();
        const Tensor dry = convolve(at::TensorOptions().device(at::kMeta));
        QCOMPARE(dry.sizes(), result.sizes());
        QVERIFY(std::abs(double(run.peak_bytes() - before - counted)) <= kScratch);
        QVERIFY(run.work().convolution_flops == 2.0 * double(result.numel()) * 16 * 27);
    }
};

QTEST_APPLESS_MAIN(TestPieceConv3d)
#include "test_piece_conv3d.moc"

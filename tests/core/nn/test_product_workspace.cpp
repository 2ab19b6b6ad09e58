#include <QtTest>

#include <array>

#include <ATen/Parallel.h>
#include <ATen/ops/zeros.h>

#include "core/nn/linear.h"
#include "core/nn/product_workspace.h"
#include "core/tensor/dry_run.h"
#include "core/tensor/host_memory.h"
#include "tests/support/peaks.h"

using namespace headroom;
using namespace headroom::test;
using Product = std::array<std::int64_t, 3>;  // rows, in, out

namespace {

template <typename PeakOf>
std::int64_t peak_on(at::Device device, at::ScalarType dtype, const Product& product, const PeakOf& peak_of)
{
    const auto options = at::TensorOptions().dtype(dtype).device(device);
    const auto [rows, in, out] = product;
    const Tensor x = at::zeros({1, rows, in}, options), weight = at::zeros({out, in}, options), bias = at::zeros({out}, options);
    return peak_of([&] { nn::linear(x, weight, bias); });
}

std::int64_t counted(at::ScalarType dtype, const Product& product)
{
    return peak_on(at::kCPU, dtype, product, [](const auto& work) { return counted_peak(work); });
}

std::int64_t forecast(at::ScalarType dtype, const Product& product)
{
    DryRun run(ImitatedDevice::Cpu, at::get_num_threads());
    return peak_on(at::kMeta, dtype, product, [&](const auto& work) { return forecast_peak(run, work); });
}

}  // namespace

/// What products of half types take beside their result on this CPU, whichever kernels it has.
class TestProductWorkspace : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { HostMemory::start_counting(); }
    void cleanup() { at::set_num_threads(1); }

    void isForecastAsTaken_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::addColumn<int>("threads");
        QTest::addColumn<Product>("product");
        for (const auto& [name, dtype] :
             {std::pair{"float32", at::kFloat}, std::pair{"bfloat16", at::kBFloat16}, std::pair{"float16", at::kHalf}}) {
            for (const int threads : {1, 2}) {
                for (const auto& product :
                     {Product{1, 64, 64}, Product{100, 32, 48}, Product{1000, 48, 32}, Product{64, 512, 512},
                      Product{900, 1536, 384}, Product{900, 384, 1536}, Product{33, 2048, 64}}) {
                    QTest::addRow("%s, %d threads, %lld rows, %lld in, %lld out", name, threads,
                                  static_cast<long long>(product[0]), static_cast<long long>(product[1]),
                                  static_cast<long long>(product[2]))
                        << int(dtype) << threads << product;
                }
            }
        }
    }
    void isForecastAsTaken()
    {
        QFETCH(int, dtype);
        QFETCH(int, threads);
        QFETCH(Product, product);
        at::set_num_threads(threads);
        QCOMPARE(forecast(at::ScalarType(dtype), product), counted(at::ScalarType(dtype), product));
    }

    void ofALargeProductIsAtMostTheForecasts()
    {
        const Product large{1200, 1536, 2048};
        for (const at::ScalarType dtype : {at::kBFloat16, at::kHalf}) QVERIFY(counted(dtype, large) <= forecast(dtype, large));
    }

    /// A plan may be made while a run stands at its wall.
    void isMeasuredBesideARun()
    {
        const HostMemoryLimit wall(HostMemory::live_bytes() + 1);
        HostMemory::restart_peak();
        const std::int64_t before = HostMemory::peak_bytes();
        nn::product_workspace_bytes({.rows = 123, .in = 456, .out = 78, .has_bias = true}, at::kHalf);
        QCOMPARE(HostMemory::peak_bytes(), before);
        QCOMPARE(HostMemory::live_bytes(), before);
    }
};

QTEST_APPLESS_MAIN(TestProductWorkspace)
#include "test_product_workspace.moc"

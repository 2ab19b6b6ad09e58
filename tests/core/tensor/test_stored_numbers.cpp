#include <QtTest>

#include <cstring>

#include <ATen/ops/empty.h>
#include <ATen/ops/randn.h>

#include "core/tensor/host_memory.h"
#include "core/tensor/stored_numbers.h"
#include "tests/support/random_seed.h"

using namespace headroom;

/// Against Tensor::to, for each pair of dtypes, from even and odd addresses, by one thread and by the pool.
class TestStoredNumbers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { HostMemory::start_counting(); }
    void init() { test::seed_random_numbers(); }

    void convertsAsTensorToDoes_data()
    {
        QTest::addColumn<int>("stored");
        QTest::addColumn<int>("wanted");
        for (const auto stored : {at::kDouble, at::kFloat, at::kHalf, at::kBFloat16}) {
            for (const auto wanted : {at::kFloat, at::kHalf, at::kBFloat16}) {
                QTest::addRow("%s to %s", c10::toString(stored), c10::toString(wanted)) << int(stored) << int(wanted);
            }
        }
    }
    void convertsAsTensorToDoes()
    {
        QFETCH(int, stored);
        QFETCH(int, wanted);
        const auto from = static_cast<at::ScalarType>(stored);
        const auto to = static_cast<at::ScalarType>(wanted);
        for (const std::int64_t count : {std::int64_t(1), std::int64_t(40), std::int64_t(70001)}) {
            const Tensor source = at::randn({count}).to(from);
            const Tensor expected = source.to(to);
            for (const std::size_t shift : {0, 1}) {
                std::vector<std::byte> file(source.nbytes() + shift);
                std::memcpy(file.data() + shift, source.const_data_ptr(), source.nbytes());
                for (const auto threads : {CopyThreads::Pool, CopyThreads::Caller}) {
                    const Tensor target = at::empty({count}, at::TensorOptions().dtype(to));
                    const std::int64_t before = HostMemory::live_bytes();
                    HostMemory::restart_peak();
                    read_numbers({file.data() + shift, from, count}, target, threads);
                    QCOMPARE(qint64(HostMemory::peak_bytes()), qint64(before));
                    QVERIFY(target.equal(expected));
                }
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestStoredNumbers)
#include "test_stored_numbers.moc"

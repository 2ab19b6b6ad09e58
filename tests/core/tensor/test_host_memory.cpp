#include <QtTest>

#include <thread>

#include <ATen/ops/empty.h>

#include "core/tensor/host_memory.h"
#include "core/tensor/tensor.h"

using namespace headroom;

namespace {

Tensor bytes(std::int64_t count)
{
    return at::empty({count}, at::TensorOptions().dtype(at::kByte));
}

/// The sentence of the refusal, or an empty one when the allocation went well.
std::string refusal_of(std::int64_t count)
{
    try {
        bytes(count);
        return {};
    } catch (const c10::OutOfMemoryError& error) {
        return error.what_without_backtrace();
    }
}

}  // namespace

class TestHostMemory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { HostMemory::start_counting(); }

    void refusesWhatWouldGoOverTheLimit()
    {
        const std::int64_t before = HostMemory::live_bytes();
        const Tensor held = bytes(1000);
        const HostMemoryLimit limit(before + 1500);
        HostMemory::restart_peak();
        QCOMPARE(refusal_of(500), std::string());
        const std::string sentence = refusal_of(501);
        QVERIFY2(sentence.find(" 501 bytes") != std::string::npos, sentence.c_str());
        QVERIFY2(sentence.find(std::to_string(before + 1000) + " bytes are held") != std::string::npos, sentence.c_str());
        QVERIFY2(sentence.find(std::to_string(before + 1500)) != std::string::npos, sentence.c_str());
        QCOMPARE(qint64(HostMemory::live_bytes()), qint64(before + 1000));
        QCOMPARE(qint64(HostMemory::peak_bytes()), qint64(before + 1500));
    }

    void allowsAgainWhatWasFreed()
    {
        const HostMemoryLimit limit(HostMemory::live_bytes() + 1000);
        Tensor held = bytes(800);
        QVERIFY(!refusal_of(300).empty());
        held.reset();
        QVERIFY(refusal_of(1000).empty());
    }

    void limitsNestAndEnd()
    {
        const std::int64_t former = HostMemory::limit_bytes();
        {
            const HostMemoryLimit outer(HostMemory::live_bytes() + 4000);
            {
                const HostMemoryLimit inner(HostMemory::live_bytes() + 100);
                QVERIFY(!refusal_of(200).empty());
            }
            QVERIFY(refusal_of(200).empty());
            QVERIFY(!refusal_of(5000).empty());
        }
        QCOMPARE(qint64(HostMemory::limit_bytes()), qint64(former));
        QVERIFY(refusal_of(5000).empty());
    }

    void refusesTheNthAllocationOnce()
    {
        const std::int64_t before = HostMemory::live_bytes();
        const AllocationFault fault(3);
        QVERIFY(refusal_of(10).empty());
        QVERIFY(refusal_of(10).empty());
        QVERIFY(!fault.struck());
        QVERIFY(!refusal_of(10).empty());
        QVERIFY(fault.struck());
        QVERIFY(refusal_of(10).empty());
        QCOMPARE(qint64(HostMemory::live_bytes()), qint64(before));
    }

    void aProbeCountsWhatItsThreadAllocates()
    {
        const Tensor outside = bytes(4000);
        HostMemory::restart_peak();
        const std::int64_t before = HostMemory::live_bytes();
        const HostMemoryLimit wall(before + 100);
        HostMemoryProbe probe;
        {
            const Tensor first = bytes(4000);
            QCOMPARE(qint64(probe.peak_bytes()), qint64(4000));
        }
        const Tensor second = bytes(2000);
        QCOMPARE(qint64(probe.peak_bytes()), qint64(4000));
        probe.restart_peak();
        QCOMPARE(qint64(probe.peak_bytes()), qint64(2000));
        QCOMPARE(qint64(HostMemory::peak_bytes()), qint64(before));
        std::thread([&] { const Tensor elsewhere = bytes(40); }).join();
        QCOMPARE(qint64(HostMemory::peak_bytes()), qint64(before + 40));
        QCOMPARE(qint64(probe.peak_bytes()), qint64(2000));
    }

    void aFaultEndsWithItsObject()
    {
        {
            const AllocationFault fault(1);
        }
        QVERIFY(refusal_of(10).empty());
    }
};

QTEST_APPLESS_MAIN(TestHostMemory)
#include "test_host_memory.moc"

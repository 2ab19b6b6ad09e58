#include <thread>

#include <QtTest>

#include <ATen/ops/empty.h>

#include "core/tensor/dry_run.h"

using namespace headroom;

class TestDryRun : public QObject {
    Q_OBJECT

    static Tensor floats(std::int64_t count)
    {
        return at::empty({count}, at::TensorOptions().dtype(at::kFloat).device(at::kMeta));
    }

private Q_SLOTS:
    void countsWhatIsLiveAndTheMostThatWas()
    {
        const DryRun run(ImitatedDevice::Cpu, 1);
        const Tensor kept = floats(100);
        {
            const Tensor passing = kept.add(1.0);
            QCOMPARE(run.live_bytes(), 800);
        }
        QCOMPARE(run.live_bytes(), 400);
        QCOMPARE(run.peak_bytes(), 800);
    }

    void viewsAndWorkInPlaceTakeNothing()
    {
        const DryRun run(ImitatedDevice::Cpu, 1);
        Tensor x = floats(100);
        x.view({10, 10}).transpose(0, 1).mul_(2.0);
        QCOMPARE(run.peak_bytes(), 400);
    }

    void aPeakBeginsAnewAtWhatIsLive()
    {
        DryRun run(ImitatedDevice::Cpu, 1);
        const Tensor kept = floats(10);
        floats(1000);
        run.restart_peak();
        QCOMPARE(run.peak_bytes(), 40);
        run.note_live(70);
        QCOMPARE(run.peak_bytes(), 70);
        QCOMPARE(run.live_bytes(), 40);
    }

    void cudaRoundsAsItsAllocatorDoes()
    {
        const DryRun run(ImitatedDevice::Cuda, 1);
        const Tensor small = floats(1), large = floats(129);
        QCOMPARE(run.live_bytes(), 512 + 1024);
    }

    void elsewhereIsCountedElsewhere()
    {
        const DryRun cuda(ImitatedDevice::Cuda, 1);
        const Tensor x = floats(128);
        const Tensor on_host = copy_to_host(x);
        QCOMPARE(cuda.live_bytes(), 512);
        QCOMPARE(cuda.host_peak_bytes(), 512);
        const Tensor back = copy_to_device(on_host, at::kMeta);
        QCOMPARE(cuda.live_bytes(), 1024);
        const DryPlacement weights(DryPlacement::Where::Nowhere);
        const Tensor uncounted = floats(128);
        QCOMPARE(cuda.live_bytes(), 1024);
    }

    void onTheCpuTheHostIsTheDevice()
    {
        const DryRun cpu(ImitatedDevice::Cpu, 1);
        const Tensor x = floats(128);
        QVERIFY(copy_to_host(x).is_same(x));
        QCOMPARE(cpu.host_peak_bytes(), 0);
    }

    void whatOutlivesItsRunIsForgotten()
    {
        Tensor left_over;
        {
            const DryRun run(ImitatedDevice::Cpu, 1);
            left_over = floats(100);
        }
        const DryRun later(ImitatedDevice::Cpu, 1);
        left_over.reset();
        QCOMPARE(later.live_bytes(), 0);
    }

    void threadsCountForThemselves()
    {
        const DryRun run(ImitatedDevice::Cpu, 1);
        const Tensor here = floats(100);
        std::int64_t there = -1;
        std::thread([&] {
            QVERIFY(!DryRun::current());
            const DryRun other(ImitatedDevice::Cpu, 1);
            const Tensor x = floats(7);
            there = other.live_bytes();
        }).join();
        QCOMPARE(there, 28);
        QCOMPARE(run.live_bytes(), 400);
    }

    void onlyOneRunAThread()
    {
        const DryRun run(ImitatedDevice::Cpu, 1);
        QVERIFY_THROWS_EXCEPTION(c10::Error, DryRun(ImitatedDevice::Cpu, 1));
    }

    void workIsSummedAndRepeated()
    {
        const DryRun run(ImitatedDevice::Cpu, 1);
        count_product(2, 3, 5);
        {
            const DryRepeat repeat(10);
            count_product(1, 1, 1);
            count_moved(3);
        }
        count_moved(1);
        QCOMPARE(run.work().product_flops, 60.0 + 20.0);
        QCOMPARE(run.work().moved_bytes, 31.0);
    }

    void saysWhoseWayIsTaken()
    {
        const Tensor meta = floats(1);
        QVERIFY(!computes_on_cpu(meta));
        QVERIFY(computes_on_cpu(at::empty({1})));
        {
            const DryRun run(ImitatedDevice::Cuda, 1);
            QVERIFY(!computes_on_cpu(meta));
        }
        const DryRun run(ImitatedDevice::Cpu, 1);
        QVERIFY(computes_on_cpu(meta));
    }
};

QTEST_APPLESS_MAIN(TestDryRun)
#include "test_dry_run.moc"

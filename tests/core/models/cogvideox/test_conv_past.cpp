#include <QtTest>

#include <algorithm>

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/randn.h>

#include "core/models/cogvideox/conv_past.h"
#include "core/tensor/dry_run.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using models::cogvideox::ConvPast;

class TestConvPast : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::seed_random_numbers(); }

    void aPassReadsTheOldFramesAroundEachBandAndLeavesTheNew_data()
    {
        QTest::addColumn<int>("bands");
        for (const int bands : {1, 2, 3, 7}) QTest::addRow("%d", bands) << bands;
    }
    void aPassReadsTheOldFramesAroundEachBandAndLeavesTheNew()
    {
        QFETCH(int, bands);
        constexpr std::int64_t kHeight = 7;
        ConvPast past;
        Tensor old;
        for (int pass = 0; pass < 3; ++pass) {
            QCOMPARE(past.is_empty(), pass == 0);
            const Tensor fresh = at::randn({2, 3, kHeight, 2, 4});
            for (int band = 0; band < bands; ++band) {
                const std::int64_t top = kHeight * band / bands, end = kHeight * (band + 1) / bands;
                if (pass > 0) {
                    const std::int64_t from = std::max<std::int64_t>(0, top - 1), to = std::min(kHeight, end + 1);
                    const Tensor seen = at::empty({2, 3, to - from, 2, 4});
                    past.read(seen, from);
                    QVERIFY(seen.equal(old.narrow(2, from, to - from)));
                }
                past.replace(fresh.narrow(2, top, end - top), top, kHeight, at::kFloat);
                QCOMPARE(past.is_empty(), pass == 0 && band + 1 < bands);
            }
            old = fresh;
        }
        QCOMPARE(past.size_bytes(), std::int64_t(old.nbytes()));
    }

    void framesAreKeptInTheDtypeThatWasAskedFor()
    {
        ConvPast past;
        const Tensor frames = at::randn({2, 1, 3, 2, 4});
        past.replace(frames, 0, 3, at::kBFloat16);
        QCOMPARE(past.size_bytes(), std::int64_t(frames.nbytes() / 2));
        const Tensor seen = at::empty_like(frames);
        past.read(seen, 0);
        QVERIFY(seen.equal(frames.to(at::kBFloat16).to(at::kFloat)));
    }

    void parkedFramesCostTheDeviceNothing()
    {
        DryRun run(ImitatedDevice::Cuda, 1);
        const Tensor frames = at::empty({2, 1, 64, 64, 128}, at::TensorOptions().dtype(at::kBFloat16).device(at::kMeta));
        const std::int64_t before = run.live_bytes();
        ConvPast past(CachePlace::Host);
        past.replace(frames, 0, 64, at::kBFloat16);
        QCOMPARE(run.live_bytes(), before);
        QCOMPARE(run.host_peak_bytes(), std::int64_t(frames.nbytes()));
        QCOMPARE(past.parked_bytes(), std::int64_t(frames.nbytes()));
        run.restart_peak();
        past.read(frames.narrow(2, 0, 16), 0);
        QCOMPARE(run.peak_bytes() - before, std::int64_t(frames.nbytes()) / 4);
        QCOMPARE(run.live_bytes(), before);
    }
};

QTEST_APPLESS_MAIN(TestConvPast)
#include "test_conv_past.moc"

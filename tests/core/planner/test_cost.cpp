#include <QtTest>

#include "core/planner/cost.h"

using namespace headroom;
using memory::Residency;

namespace {

std::vector<BlockTimes> alike(int count, double compute, double upload, bool stays)
{
    return std::vector<BlockTimes>(
        std::size_t(count),
        {.compute_seconds = compute, .first_upload_seconds = upload, .upload_seconds = upload, .stays = stays});
}

/// Four blocks of 100 bytes, 400 units of products, ten passes.
StageForecast four_blocks()
{
    StageForecast forecast;
    forecast.stage = Stage::Denoise;
    forecast.component = "transformer";
    for (int i = 0; i < 4; ++i) forecast.blocks.push_back({"block", 100, 100});
    forecast.work.product_flops = 400;
    forecast.block_loads = 10;
    return forecast;
}

SearchFacts simple_facts()
{
    SearchFacts facts;
    facts.device_rates = {.product_flops = 10,
                          .attention_flops = 10,
                          .convolution_flops = 10,
                          .memory_bytes = 100,
                          .upload_bytes = 50,
                          .disk_bytes = 25};
    facts.host_rates = {.product_flops = 1,
                        .attention_flops = 1,
                        .convolution_flops = 1,
                        .memory_bytes = 10,
                        .upload_bytes = 50,
                        .disk_bytes = 25};
    return facts;
}

}  // namespace

class TestCost : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void addsUpWork()
    {
        const MachineRates rates{.product_flops = 10, .attention_flops = 20, .convolution_flops = 5, .memory_bytes = 100};
        QCOMPARE(work_seconds({.product_flops = 30, .attention_flops = 40, .convolution_flops = 5, .moved_bytes = 50}, rates),
                 3 + 2 + 1 + 0.5);
        QCOMPARE(work_seconds({.product_flops = 30, .attention_flops = 0, .convolution_flops = 0, .moved_bytes = 0}, {}), 0.0);
    }

    void overlapsUploadsAsSlotsAllow_data()
    {
        QTest::addColumn<double>("compute");
        QTest::addColumn<double>("upload");
        QTest::addColumn<bool>("stays");
        QTest::addColumn<int>("slots");
        QTest::addColumn<double>("seconds");  // of ten passes over four blocks alike
        QTest::newRow("one slot: one after the other") << 3.0 << 2.0 << false << 1 << 40 * 5.0;
        QTest::newRow("two slots, computing is slower") << 3.0 << 2.0 << false << 2 << 2 + 40 * 3.0;
        QTest::newRow("two slots, uploading is slower") << 2.0 << 3.0 << false << 2 << 40 * 3 + 2.0;
        QTest::newRow("a third slot adds nothing where blocks are alike") << 3.0 << 2.0 << false << 3 << 2 + 40 * 3.0;
        QTest::newRow("stays: loaded once, fetched ahead") << 3.0 << 2.0 << true << 0 << 2 + 40 * 3.0;
        QTest::newRow("stays, slow to load") << 1.0 << 5.0 << true << 0 << 4 * 5 + 1 + 36 * 1.0;
    }
    void overlapsUploadsAsSlotsAllow()
    {
        QFETCH(double, compute);
        QFETCH(double, upload);
        QFETCH(bool, stays);
        QFETCH(int, slots);
        QFETCH(double, seconds);
        QCOMPARE(pass_seconds(alike(4, compute, upload, stays), slots, 10), seconds);
    }

    void residentBlocksGiveUploadsTime()
    {
        // Every second block stays: an upload of 4 hides behind two blocks that compute for 2 each.
        std::vector<BlockTimes> blocks = alike(4, 2, 4, false);
        blocks[0].stays = blocks[2].stays = true;
        const double more = pass_seconds(blocks, 2, 11) - pass_seconds(blocks, 2, 10);
        QCOMPARE(more, 4 * 2.0);
    }

    void aThirdSlotEvensOutUnevenBlocks()
    {
        // While the long block computes, a third slot takes one more upload than a second.
        std::vector<BlockTimes> blocks = alike(4, 1, 2, false);
        blocks[0].compute_seconds = 5;
        const auto pass = [&](int slots) { return pass_seconds(blocks, slots, 20) - pass_seconds(blocks, slots, 19); };
        QCOMPARE(pass(1), 4 * 2 + 8.0);
        QVERIFY(pass(2) < pass(1));
        QVERIFY(pass(3) < pass(2));
        QVERIFY(pass(3) >= 8);  // never below computing alone
    }

    void countsAStage_data()
    {
        QTest::addColumn<int>("residency");
        QTest::addColumn<int>("slots");
        QTest::addColumn<double>("seconds");
        // Each block computes for 1 second a pass; it takes 4 seconds from the disk and 2 from memory.
        QTest::newRow("whole: the loads of the first pass") << int(Residency::WhileStageRuns) << 2 << 4 * 4 + 1 + 36 * 1.0;
        QTest::newRow("streamed one by one") << int(Residency::Streamed) << 1 << 4 * 5 + 36 * 3.0;
        QTest::newRow("streamed ahead") << int(Residency::Streamed) << 2 << 4 * 4 + 36 * 2 + 1.0;
        QTest::newRow("on the host, ten times slower") << int(Residency::OnHost) << 2 << 4 + 400.0;
        QTest::newRow("not loaded") << int(Residency::NotLoaded) << 2 << 0.0;
    }
    void countsAStage()
    {
        QFETCH(int, residency);
        QFETCH(int, slots);
        QFETCH(double, seconds);
        QCOMPARE(stage_seconds(four_blocks(), {.residency = Residency(residency), .resident_blocks = 0, .slots = slots},
                               simple_facts()),
                 seconds);
    }

    void correctsByHistory()
    {
        SearchFacts facts = simple_facts();
        facts.corrections[{Stage::Decode, "vae"}] = 7;
        QCOMPARE(stage_seconds(four_blocks(), {}, facts), 53.0);
        facts.corrections[{Stage::Denoise, "transformer"}] = 2;
        QCOMPARE(stage_seconds(four_blocks(), {}, facts), 106.0);
    }

    void readsTheDiskAgainWhenTheFilesAreLargerThanFreeMemory()
    {
        SearchFacts facts = simple_facts();
        facts.host_free_bytes = 300;
        QCOMPARE(stage_seconds(four_blocks(), {.residency = Residency::Streamed, .slots = 1}, facts), 40 * 5.0);
    }

    void chargesForDraggingUploads()
    {
        SearchFacts facts = simple_facts();
        facts.device_rates.upload_drag = 0.1;
        QCOMPARE(stage_seconds(four_blocks(), {.residency = Residency::Streamed, .slots = 2}, facts),
                 4 * 4 + 36 * 2 + 1 + 0.1 * 10 * 8);
    }

    void chargesForPieces()
    {
        SearchFacts facts = simple_facts();
        facts.device_rates.upload_bytes = facts.device_rates.disk_bytes = 1e12;
        facts.tokens = 1000;
        StageForecast forecast = four_blocks();
        const double whole = stage_seconds(forecast, {}, facts);
        QVERIFY(std::abs(whole - 40) < 1e-6);
        forecast.denoise.token_rows = 500;  // a second piece reads 400 bytes again in each of 10 passes; a quarter of it shows
        QVERIFY(std::abs(stage_seconds(forecast, {}, facts) - 50) < 1e-6);
        forecast.denoise = {.guidance = GuidanceOrder::Sequential, .token_rows = 0, .head_groups = 4};
        QVERIFY(stage_seconds(forecast, {}, facts) > whole);
    }

    void takesFewerLoadsThanOneForOne()
    {
        StageForecast once = four_blocks(), never = four_blocks();
        once.block_loads = 1;
        never.block_loads = 0;
        QCOMPARE(stage_seconds(never, {}, simple_facts()), stage_seconds(once, {}, simple_facts()));
    }

    void sendsTheCacheToAndFro()
    {
        StageForecast forecast;
        forecast.stage = Stage::Decode;
        forecast.vae.cache = CachePlace::Host;
        forecast.host_bytes = 100;
        forecast.work.convolution_flops = 10;
        SearchFacts facts = simple_facts();
        facts.latent_frames = 5;
        QCOMPARE(stage_seconds(forecast, {}, facts), 1 + 5 * 4.0);
        forecast.vae.latents_per_chunk = 2;
        QCOMPARE(stage_seconds(forecast, {}, facts), 1 + 3 * 4.0);
    }
};

QTEST_APPLESS_MAIN(TestCost)
#include "test_cost.moc"

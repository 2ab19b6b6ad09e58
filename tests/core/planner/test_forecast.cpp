#include <QtTest>

#include "core/planner/forecast.h"

using namespace headroom;
using memory::Residency;

namespace {

/// Three blocks of 10, 30 and 20 bytes; activations peak in the second.
StageForecast three_blocks()
{
    StageForecast forecast;
    forecast.blocks = {{"a", 10, 10}, {"b", 30, 30}, {"c", 20, 20}};
    forecast.visits = {{0, 100}, {1, 200}, {2, 50}};
    forecast.between_peak_bytes = 120;
    forecast.cache_bytes = 40;
    forecast.workspace_bytes = 7;
    forecast.host_bytes = 11;
    return forecast;
}

constexpr qint64 kStaged = 11 + (32 << 20);  // what the dry run left on the host, and the staging buffers

}  // namespace

class TestForecast : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void peaksFollowTheWeightPlan_data()
    {
        QTest::addColumn<int>("residency");
        QTest::addColumn<int>("resident_blocks");
        QTest::addColumn<int>("slots");
        QTest::addColumn<qint64>("peak");
        QTest::addColumn<qint64>("host");
        // Of all three the first two are there when the activations peak, the third comes later.
        QTest::newRow("whole") << int(Residency::WhileStageRuns) << 0 << 2 << qint64(10 + 30 + 200 + 7) << kStaged;
        QTest::newRow("whole run") << int(Residency::WholeRun) << 0 << 2 << qint64(10 + 30 + 200 + 7) << kStaged;
        QTest::newRow("one slot") << int(Residency::Streamed) << 0 << 1 << qint64(30 + 200 + 7) << kStaged;
        QTest::newRow("two slots") << int(Residency::Streamed) << 0 << 2 << qint64(60 + 200 + 7) << kStaged;
        QTest::newRow("the first stays") << int(Residency::Streamed) << 1 << 1 << qint64(10 + 30 + 200 + 7) << kStaged;
        QTest::newRow("on the host") << int(Residency::OnHost) << 0 << 2 << qint64(0) << qint64(11 + 10 + 30 + 200);
        QTest::newRow("not loaded") << int(Residency::NotLoaded) << 0 << 2 << qint64(0) << qint64(0);
    }
    void peaksFollowTheWeightPlan()
    {
        QFETCH(int, residency);
        QFETCH(int, resident_blocks);
        QFETCH(int, slots);
        QFETCH(qint64, peak);
        QFETCH(qint64, host);
        const memory::WeightPlan weights{.residency = Residency(residency), .resident_blocks = resident_blocks, .slots = slots};
        std::vector<MemoryPart> parts = {{MemoryKind::Context, 999}};
        QCOMPARE(qint64(peak_bytes(three_blocks(), weights, &parts)), peak);
        qint64 sum = 0;
        for (const MemoryPart& part : parts) sum += part.size_bytes;
        QCOMPARE(sum, peak);
        QCOMPARE(qint64(host_bytes(three_blocks(), weights)), host);
    }

    void knowsAllWeights() { QCOMPARE(qint64(weight_bytes(three_blocks())), qint64(60)); }
};

QTEST_APPLESS_MAIN(TestForecast)
#include "test_forecast.moc"

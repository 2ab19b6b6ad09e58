#include <QtTest>

#include "core/memory/use_order.h"
#include "core/memory/weight_layout.h"

using namespace headroom::memory;

namespace {

QString stays(const WeightLayout& layout, std::size_t count)
{
    QString text;
    for (std::size_t i = 0; i < count; ++i) text += layout.stays(i) ? QLatin1Char('x') : QLatin1Char('-');
    return text;
}

using Sizes = std::vector<std::size_t>;

}  // namespace

class TestWeightLayout : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void spreadsWhatStaysEvenly()
    {
        const std::vector<std::int64_t> sizes(8, 100);
        const auto layout = [&](int resident, int slots) { return WeightLayout(sizes, {Residency::Streamed, resident, slots}); };
        QCOMPARE(stays(layout(0, 2), 8), QString("--------"));
        QCOMPARE(stays(layout(2, 2), 8), QString("x---x---"));
        QCOMPARE(stays(layout(4, 2), 8), QString("x-x-x-x-"));
        QCOMPARE(stays(layout(8, 2), 8), QString("xxxxxxxx"));
        QCOMPARE(stays(layout(99, 2), 8), QString("xxxxxxxx"));
        QCOMPARE(layout(2, 3).held_bytes(), 2 * 100 + 3 * 100);
        QCOMPARE(layout(7, 3).slots(), 1);
        QCOMPARE(layout(8, 3).slots(), 0);
    }

    void makesSlotsForTheLargestStreamedBlock()
    {
        const WeightLayout layout(std::vector<std::int64_t>{10, 500, 0, 70}, {Residency::Streamed, 1, 2});
        QCOMPARE(stays(layout, 4), QString("x-x-"));  // the empty block needs no slot
        QCOMPARE(layout.slot_bytes(), 500);
        QCOMPARE(layout.held_bytes(), 10 + 2 * 500);
    }

    void holdsNothingOnTheDeviceForTheHost()
    {
        const std::vector<std::int64_t> sizes{10, 20};
        QCOMPARE(WeightLayout(sizes, {Residency::OnHost}).held_bytes(), 0);
        QCOMPARE(WeightLayout(sizes, {Residency::NotLoaded}).held_bytes(), 0);
        QCOMPARE(WeightLayout(sizes, {Residency::WholeRun}).held_bytes(), 30);
        QCOMPARE(WeightLayout(sizes, {Residency::WhileStageRuns}).held_bytes(), 30);
    }

    void alignsParameters()
    {
        QCOMPARE(aligned_weight_bytes(0), 0);
        QCOMPARE(aligned_weight_bytes(1), 64);
        QCOMPARE(aligned_weight_bytes(64), 64);
        QCOMPARE(aligned_weight_bytes(65), 128);
    }

    void expectsTheOrderOfUse()
    {
        UseOrder order({1, 2, 4});
        QVERIFY(order.ahead(2).empty());
        order.use(2);
        QCOMPARE(order.ahead(2), (Sizes{2, 4}));
        QCOMPARE(order.ahead(9), (Sizes{2, 4, 1}));
    }

    void learnsWhatIsUsedOnce()
    {
        UseOrder order({0, 1, 2});
        for (const std::size_t block : {0, 1, 2}) order.use(block);
        QCOMPARE(order.ahead(2), (Sizes{2, 0}));
        order.use(1);  // the second pass begins later
        order.use(2);
        QCOMPARE(order.ahead(3), (Sizes{2, 1}));
        order.use(2);
        QCOMPARE(order.ahead(2), (Sizes{2, 1}));
    }
};

QTEST_APPLESS_MAIN(TestWeightLayout)
#include "test_weight_layout.moc"

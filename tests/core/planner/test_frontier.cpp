#include <random>

#include <QtTest>

#include "core/planner/frontier.h"

using namespace headroom;

namespace {

ChoicePoint point(std::int64_t peak, double seconds, std::size_t way = 0)
{
    ChoicePoint result;
    result.peak_bytes = peak;
    result.seconds = seconds;
    result.way = way;
    return result;
}

double seconds_within(const std::vector<ChoicePoint>& points, std::int64_t budget)
{
    double best = 1e300;
    for (const ChoicePoint& each : points) {
        if (each.peak_bytes <= budget) best = std::min(best, each.seconds);
    }
    return best;
}

}  // namespace

class TestFrontier : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void leavesOutWhatIsDominated()
    {
        const auto frontier = pareto_frontier(
            {point(5, 10, 0), point(3, 20, 1), point(4, 25, 2), point(9, 10, 3), point(3, 22, 4), point(7, 4, 5)});
        QCOMPARE(frontier.size(), std::size_t(3));
        QCOMPARE(frontier[0].way, std::size_t(1));
        QCOMPARE(frontier[1].way, std::size_t(0));  // as fast as 3, with the smaller peak
        QCOMPARE(frontier[2].way, std::size_t(5));
    }

    void keepsTheBestForEveryBudget()
    {
        std::mt19937 generator(7);
        for (int round = 0; round < 50; ++round) {
            std::vector<ChoicePoint> points;
            for (int i = 0; i < 200; ++i)
                points.push_back(point(std::int64_t(generator() % 1000), double(generator() % 500) + 1));
            const auto frontier = pareto_frontier(points);
            for (std::size_t i = 1; i < frontier.size(); ++i) {
                QVERIFY(frontier[i].peak_bytes > frontier[i - 1].peak_bytes);
                QVERIFY(frontier[i].seconds < frontier[i - 1].seconds);
            }
            for (int budget = 0; budget < 1000; budget += 37)
                QCOMPARE(seconds_within(frontier, budget), seconds_within(points, budget));
        }
    }

    void thinsWhereLeastIsLost()
    {
        std::vector<ChoicePoint> frontier = {point(10, 100), point(20, 99), point(30, 50), point(31, 49.9), point(90, 1)};
        thin_frontier(frontier, 3);
        QCOMPARE(frontier.size(), std::size_t(3));
        QCOMPARE(frontier[0].peak_bytes, std::int64_t(10));
        QCOMPARE(frontier[1].peak_bytes, std::int64_t(30));
        QCOMPARE(frontier[2].peak_bytes, std::int64_t(90));
        thin_frontier(frontier, 0);
        QCOMPARE(frontier.size(), std::size_t(2));
    }
};

QTEST_APPLESS_MAIN(TestFrontier)
#include "test_frontier.moc"

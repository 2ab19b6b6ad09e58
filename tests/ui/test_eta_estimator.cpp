#include <QTest>

#include "ui/models/eta_estimator.h"
#include "ui/models/run_progress.h"

using headroom::ui::EtaEstimator;

class TestEtaEstimator : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isSilentUntilTwoObservations()
    {
        EtaEstimator eta;
        eta.begin(10, 0);
        QVERIFY(!eta.remaining(5));
        eta.observe(1, 1);
        QVERIFY(!eta.remaining(1));
        eta.observe(2, 2);
        QCOMPARE(*eta.remaining(2), 8.0);
    }

    void countsDownBetweenObservations()
    {
        EtaEstimator eta;
        eta.begin(4, 0);
        eta.observe(1, 2);
        eta.observe(2, 4);
        QCOMPARE(*eta.remaining(4), 4.0);
        QCOMPARE(*eta.remaining(5.5), 2.5);
        QCOMPARE(*eta.remaining(100), 0.0);
    }

    void takesTheMedianOfTheLastFive()
    {
        EtaEstimator eta;
        eta.begin(100, 0);
        double now = 0;
        int done = 0;
        for (const double seconds : {50.0, 1.0, 1.0, 9.0, 1.0, 1.0}) eta.observe(++done, now += seconds);
        QCOMPARE(eta.unitSeconds(), 1.0);
        QCOMPARE(*eta.remaining(now), 94.0);
    }

    void dividesChunksIntoUnits()
    {
        EtaEstimator eta;
        eta.begin(9, 0);
        eta.observe(1, 1);
        eta.observe(5, 5);
        QCOMPARE(*eta.remaining(5), 4.0);
    }

    void doesNotGrowWithSmallUnevenness()
    {
        EtaEstimator eta;
        eta.begin(40, 0);
        double now = 0;
        double shown = 1e9;
        for (int done = 1; done <= 40; ++done) {
            now += done % 2 ? 1.0 : 1.15;
            eta.observe(done, now);
            if (const auto remaining = eta.remaining(now)) {
                QVERIFY2(*remaining <= shown + 1e-9,
                         qPrintable(QStringLiteral("%1 > %2 at %3").arg(*remaining).arg(shown).arg(done)));
                shown = *remaining;
            }
        }
    }

    void growsWhenTheWorkBecomesMuchSlower()
    {
        EtaEstimator eta;
        eta.begin(20, 0);
        for (int done = 1; done <= 5; ++done) eta.observe(done, done);
        for (int done = 6; done <= 10; ++done) eta.observe(done, 5 + 3.0 * (done - 5));
        QCOMPARE(*eta.remaining(20), 30.0);
    }

    void saysWhenItIsOverdue()
    {
        EtaEstimator eta;
        eta.begin(4, 0);
        QVERIFY(!eta.isOverdue(100));
        eta.observe(1, 2);
        eta.observe(2, 4);
        QVERIFY(!eta.isOverdue(9));
        QVERIFY(eta.isOverdue(12));
    }

    void knowsTheTimeFromAnEarlierRun()
    {
        EtaEstimator eta;
        eta.begin(10, 0, 2.0);
        QCOMPARE(*eta.remaining(0), 20.0);
        QCOMPARE(*eta.remaining(3), 17.0);
    }

    void writesDurationsForPeople_data()
    {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("none") << 0.0 << "0 s";
        QTest::newRow("a part") << 0.2 << "1 s";
        QTest::newRow("seconds") << 59.0 << "59 s";
        QTest::newRow("minutes") << 125.0 << "2 min 05 s";
        QTest::newRow("hours") << 4320.0 << "1 h 12 min";
    }

    void writesDurationsForPeople()
    {
        QFETCH(double, seconds);
        QFETCH(QString, text);
        QCOMPARE(headroom::ui::durationText(seconds), text);
    }
};

QTEST_APPLESS_MAIN(TestEtaEstimator)
#include "test_eta_estimator.moc"

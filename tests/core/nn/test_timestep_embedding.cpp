#include <QtTest>

#include <cmath>

#include "core/nn/timestep_embedding.h"
#include "tests/support/golden_tensors.h"

using namespace headroom;

class TestTimestepEmbedding : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isCosinesThenSines_data()
    {
        QTest::addColumn<double>("timestep");
        QTest::addColumn<int>("channels");
        QTest::newRow("Wan") << 999.0 << 256;
        QTest::newRow("a fraction") << 12.375 << 8;
        QTest::newRow("odd width") << 3.0 << 7;
        QTest::newRow("start") << 0.0 << 4;
    }
    void isCosinesThenSines()
    {
        QFETCH(double, timestep);
        QFETCH(int, channels);
        const Tensor embedding = nn::timestep_embedding(timestep, channels, at::kCPU);
        QCOMPARE(embedding.size(0), 1);
        QCOMPARE(embedding.size(1), channels);
        const int half = channels / 2;
        for (int i = 0; i < half; ++i) {
            const double angle = timestep * std::pow(10000.0, -double(i) / half);
            const double tolerance = 2e-7 * (1 + timestep);  // the angle is a float32
            QVERIFY(std::abs(embedding[0][i].item<double>() - std::cos(angle)) <= tolerance);
            QVERIFY(std::abs(embedding[0][half + i].item<double>() - std::sin(angle)) <= tolerance);
        }
        if (channels % 2 == 1) QCOMPARE(embedding[0][channels - 1].item<double>(), 0.0);
    }
};

QTEST_APPLESS_MAIN(TestTimestepEmbedding)
#include "test_timestep_embedding.moc"

#include <QtTest>

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>

#include "core/models/wan/vae_rows.h"
#include "core/nn/conv2d.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::models::wan;

namespace {

/// A 3×3 convolution that gives each pixel twice in both directions before it: [1, 1, rows, columns, 2] → twice as many.
Tensor double_and_convolve(const Tensor& x, const Tensor& weight)
{
    const Tensor doubled = x.repeat_interleave(2, 2).repeat_interleave(2, 3);
    return nn::conv2d_same(doubled.flatten(0, 1), weight, {}).unsqueeze(1);
}

/// Two convolutions, with the second's input kept away from zero so that a wrong border shows.
Tensor convolve_twice(const Tensor& x, const Tensor& weight)
{
    return nn::conv2d_same(nn::conv2d_same(x.flatten(0, 1), weight, {}).add_(1), weight, {}).unsqueeze(1);
}

}  // namespace

class TestWanVaeRows : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }
    void init() { test::seed_random_numbers(); }

    void bandsGiveTheWholesRows_data()
    {
        QTest::addColumn<QList<int>>("heights");
        QTest::newRow("one band") << QList<int>{9};
        QTest::newRow("two") << QList<int>{7, 6};
        QTest::newRow("many") << QList<int>{8, 3, 5, 2, 4};
        QTest::newRow("single rows") << QList<int>{6, 1, 1, 1, 1, 1};
        QTest::newRow("a first band of one row more than is held back") << QList<int>{6, 4};
    }
    void bandsGiveTheWholesRows()
    {
        QFETCH(QList<int>, heights);
        const Tensor weight = at::randn({2, 2, 3, 3});
        std::int64_t rows = 0;
        for (const int height : heights) rows += height;
        const Tensor x = at::randn({3, 1, rows, 4, 2});
        const Tensor whole = convolve_twice(double_and_convolve(convolve_twice(x, weight), weight), weight);

        RowCarry first(2), second(1, 2), third(2);
        std::vector<Tensor> parts;
        std::int64_t top = 0;
        for (const int height : heights) {
            const BandEnd end = top + height == rows ? BandEnd::Bottom : BandEnd::Inside;
            Tensor band = x.narrow(2, top, height);
            band = first.join(band, end);
            band = first.cut(convolve_twice(band, weight));
            band = second.join(band, end);
            band = second.cut(double_and_convolve(band, weight));
            band = third.join(band, end);
            QVERIFY(band.is_contiguous());
            parts.push_back(third.cut(convolve_twice(band, weight)));
            top += height;
        }
        QVERIFY(at::cat(parts, 2).equal(whole));
    }

    void aWholePictureIsNotCopied()
    {
        const Tensor x = at::randn({2, 1, 5, 4, 3});
        RowCarry carry(2);
        const Tensor joined = carry.join(x, BandEnd::Bottom);
        QCOMPARE(joined.const_data_ptr(), x.const_data_ptr());
        QCOMPARE(carry.cut(joined).const_data_ptr(), x.const_data_ptr());
    }

    void bandsGiveEquallyManyRows()
    {
        // Wan's levels after the first at 480 rows: 8 rows of the result for one of 120, 49 of delay.
        const std::vector<std::int64_t> edges = band_edges(60, 8, 49, 4);
        QCOMPARE(edges, (std::vector<std::int64_t>{0, 22, 37, 52, 60}));
        for (std::size_t band = 0; band + 1 < edges.size(); ++band) {
            const std::int64_t begin = band == 0 ? 0 : edges[band] * 8 - 49;
            const std::int64_t end = band + 2 == edges.size() ? 480 : edges[band + 1] * 8 - 49;
            QVERIFY(std::abs(end - begin - 120) < 8);
        }
    }

    void thereAreNoMoreBandsThanSaveSomething_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("strips");
        QTest::addColumn<int>("bands");
        QTest::newRow("as many as asked for") << 120 << 5 << 5;
        QTest::newRow("less than a band has to give last") << 120 << 100 << 9;
        QTest::newRow("a small picture") << 12 << 4 << 1;
        QTest::newRow("none asked for") << 120 << 0 << 1;
    }
    void thereAreNoMoreBandsThanSaveSomething()
    {
        QFETCH(int, rows);
        QFETCH(int, strips);
        QFETCH(int, bands);
        const auto edges = band_edges(rows, 4, 49, strips);
        QCOMPARE(edges.size(), std::size_t(bands + 1));
        for (std::size_t i = 1; i < edges.size(); ++i) QVERIFY(edges[i] > edges[i - 1]);
    }
};

QTEST_APPLESS_MAIN(TestWanVaeRows)
#include "test_vae_rows.moc"

#include <QtTest>

#include <vector>

#include <ATen/ops/arange.h>

#include "core/models/token_pieces.h"

using namespace headroom::models;

namespace {

QList<qlonglong> rows_of(const TokenPieces& pieces)
{
    QList<qlonglong> rows;
    std::int64_t end = 0;
    pieces.each([&](std::int64_t start, std::int64_t count) {
        rows.append(start == end ? count : -1);
        end = start + count;
    });
    return rows;
}

}  // namespace

class TestTokenPieces : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cuts_data()
    {
        QTest::addColumn<int>("tokens");
        QTest::addColumn<int>("rows");
        QTest::addColumn<QList<qlonglong>>("expected");
        QTest::newRow("fewer than a piece") << 20 << 64 << QList<qlonglong>{20};
        QTest::newRow("as many as a piece") << 64 << 64 << QList<qlonglong>{64};
        QTest::newRow("evenly") << 128 << 64 << QList<qlonglong>{64, 64};
        QTest::newRow("a last piece") << 144 << 64 << QList<qlonglong>{64, 64, 16};
        QTest::newRow("no last piece of one row") << 129 << 64 << QList<qlonglong>{64, 48, 17};
        QTest::newRow("multiples of 16") << 150 << 70 << QList<qlonglong>{64, 64, 22};
        QTest::newRow("at least 32") << 70 << 1 << QList<qlonglong>{32, 16, 22};
        QTest::newRow("one token") << 1 << 1 << QList<qlonglong>{1};
    }
    void cuts()
    {
        QFETCH(int, tokens);
        QFETCH(int, rows);
        QFETCH(QList<qlonglong>, expected);
        QCOMPARE(rows_of(TokenPieces(tokens, rows)), expected);
    }

    void noPieceIsLargerThanAskedNorTooSmall()
    {
        for (int tokens = 32; tokens < 600; ++tokens) {
            for (const int most : {32, 48, 100, 256}) {
                const QList<qlonglong> rows = rows_of(TokenPieces(tokens, most));
                qlonglong total = 0;
                for (const qlonglong count : rows) {
                    QVERIFY(count >= 16 && count <= most);
                    total += count;
                }
                QCOMPARE(total, qlonglong(tokens));
            }
        }
    }

    void assemblesPiecesAndTakesAWholeAsItIs()
    {
        const auto x = at::arange(2 * 40 * 3).view({2, 40, 3});
        Assembled pieces(40);
        TokenPieces(40, 32).each([&](std::int64_t start, std::int64_t rows) { pieces.put(start, x.narrow(1, start, rows)); });
        QVERIFY(pieces.whole().equal(x));
        QVERIFY(!pieces.whole().is_same(x));
        Assembled whole(40);
        whole.put(0, x);
        QVERIFY(whole.whole().is_same(x));
    }
};

QTEST_APPLESS_MAIN(TestTokenPieces)
#include "test_token_pieces.moc"

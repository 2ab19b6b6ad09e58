#include <QtTest>

#include "core/base/fingerprint.h"

using namespace headroom;

class TestFingerprint : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalsThePublishedValues_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("hex");
        QTest::newRow("nothing") << ""
                                 << "6c62272e07bb014262b821756295c58d";
        QTest::newRow("a") << "a"
                           << "d228cb696f1a8caf78912b704e4a8964";
        QTest::newRow("foobar") << "foobar"
                                << "343e1662793c64bf6f0d3597ba446f18";
    }
    void equalsThePublishedValues()
    {
        QFETCH(QString, text);
        QFETCH(QString, hex);
        const QByteArray bytes = text.toUtf8();
        Fingerprint fingerprint;
        fingerprint.add(std::as_bytes(std::span(bytes.constData(), std::size_t(bytes.size()))));
        QCOMPARE(QString::fromStdString(fingerprint.hex()), hex);
    }

    void tellsTextsApart()
    {
        Fingerprint a, b;
        a.add(std::string_view("ab"));
        a.add(std::string_view("c"));
        b.add(std::string_view("a"));
        b.add(std::string_view("bc"));
        QVERIFY(a.hex() != b.hex());
    }
};

QTEST_APPLESS_MAIN(TestFingerprint)
#include "test_fingerprint.moc"

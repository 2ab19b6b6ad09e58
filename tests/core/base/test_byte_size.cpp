#include <QtTest>

#include "core/base/byte_size.h"

using namespace headroom;

class TestByteSize : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsUnits_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("size_bytes");
        QTest::newRow("a bare number is GiB") << "8" << qint64(8) * kGiB;
        QTest::newRow("fraction") << "1.5GiB" << qint64(kGiB + kGiB / 2);
        QTest::newRow("space before the unit") << "700 MiB" << qint64(700) * kMiB;
        QTest::newRow("decimal gigabytes") << "2GB" << qint64(2'000'000'000);
        QTest::newRow("decimal megabytes") << "12MB" << qint64(12'000'000);
    }
    void readsUnits()
    {
        QFETCH(QString, text);
        QFETCH(qint64, size_bytes);
        const auto parsed = parse_byte_size(text.toStdString());
        QVERIFY(parsed.has_value());
        QCOMPARE(qint64(*parsed), size_bytes);
    }

    void refusesNonsense_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"", "GiB", "-1", "0", "nan", "inf", "1e400", "8 kg", "8GiB8", "1e30"})
            QTest::newRow(text) << QString(text);
    }
    void refusesNonsense()
    {
        QFETCH(QString, text);
        const auto parsed = parse_byte_size(text.toStdString());
        QVERIFY(!parsed.has_value());
        QCOMPARE(parsed.error().code, ErrorCode::Usage);
        QVERIFY(parsed.error().message.find("not a size") != std::string::npos);
    }

    void writesOneDecimal()
    {
        QCOMPARE(format_byte_size(kGiB * 3 / 2), std::string("1.5 GiB"));
        QCOMPARE(format_byte_size(kMiB * 700), std::string("700.0 MiB"));
        QCOMPARE(format_byte_size(12), std::string("12 bytes"));
        QCOMPARE(format_byte_size(1), std::string("1 byte"));
    }
};

QTEST_APPLESS_MAIN(TestByteSize)
#include "test_byte_size.moc"

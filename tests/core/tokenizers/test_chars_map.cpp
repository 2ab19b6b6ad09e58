#include <QtTest>

#include "core/tokenizers/chars_map.h"

using namespace headroom;
using namespace headroom::tokenizers;

namespace {

std::string with_units(std::initializer_list<std::uint32_t> units, std::size_t padded_to, const std::string& replacements)
{
    std::vector<std::uint32_t> trie(units);
    trie.resize(padded_to);
    const auto size = static_cast<std::uint32_t>(trie.size() * 4);
    std::string blob(reinterpret_cast<const char*>(&size), 4);
    blob.append(reinterpret_cast<const char*>(trie.data()), size);
    return blob + replacements;
}

}  // namespace

class TestCharsMap : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void decodesBase64_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << QByteArray() << QByteArray();
        for (const char* bytes : {"f", "fo", "foo", "foob", "fooba", "foobar", "\xff\xfe\x01"}) {
            QTest::newRow(bytes) << QByteArray(bytes).toBase64() << QByteArray(bytes);
        }
    }
    void decodesBase64()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, bytes);
        const auto decoded = decode_base64(text.toStdString());
        QVERIFY(decoded.has_value());
        QCOMPARE(QByteArray::fromStdString(*decoded), bytes);
    }

    void refusesWhatIsNotBase64()
    {
        for (const char* text : {"a", "abc", "ab=c", "a===", "ab\ncd=="}) QVERIFY2(!decode_base64(text), text);
    }

    void findsOneKey()
    {
        // The root's children are at offset 256 | byte; "a" has its value at 256 ^ 'a' ^ 1.
        std::vector<std::uint32_t> trie(512);
        trie[0] = 256U << 10;
        trie[256 ^ 'a'] = (1U << 10) | (1U << 8) | 'a';
        trie[(256 ^ 'a') ^ 1] = 0x80000000U | 2;
        const std::uint32_t size = 512 * 4;
        std::string blob(reinterpret_cast<const char*>(&size), 4);
        blob.append(reinterpret_cast<const char*>(trie.data()), size);
        const auto map = CharsMap::parse(blob + std::string("x\0yz\0", 5), "here");
        QVERIFY(map.has_value());
        QVERIFY(map->is_sound());
        QCOMPARE(map->find("a"), std::optional<std::string_view>("yz"));
        QCOMPARE(map->find("abc"), std::optional<std::string_view>("yz"));
        QVERIFY(!map->find("b"));
        QVERIFY(!map->find(""));
    }

    void seesWhatLeavesTheTrie()
    {
        const std::string end("\0", 1);
        QVERIFY(!CharsMap::parse(with_units({1023U << 10}, 256, end), "here")->is_sound());      // children beyond the end
        QVERIFY(!CharsMap::parse(with_units({0}, 64, end), "here")->is_sound());                 // too few units for all bytes
        QVERIFY(!CharsMap::parse(with_units({256U << 10}, 512, "no end"), "here")->is_sound());  // replacements without an end
        QVERIFY(CharsMap::parse(with_units({256U << 10}, 512, end), "here")->is_sound());
        QVERIFY(!CharsMap::parse(with_units({1023U << 10}, 256, end), "here")->find("abc"));
    }

    void refusesSizesThatDoNotFit()
    {
        for (const std::string& blob : {std::string(), std::string(3, '\0'), std::string(8, '\0'),
                                        std::string("\x08\0\0\0\0\0\0\0", 8), std::string("\x05\0\0\0\0\0\0\0\0", 9)}) {
            const auto map = CharsMap::parse(blob, "here");
            QVERIFY(!map.has_value());
            QVERIFY(map.error().message.starts_with("here "));
        }
    }
};

QTEST_APPLESS_MAIN(TestCharsMap)
#include "test_chars_map.moc"

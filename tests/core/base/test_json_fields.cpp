#include <QtTest>

#include <nlohmann/json.hpp>

#include "core/base/json_fields.h"

using namespace headroom;

class TestJsonFields : public QObject {
    Q_OBJECT

    const nlohmann::json m_document = nlohmann::json::parse(R"({
        "count": 3, "big": 18446744073709551615, "half": 0.5, "on": true, "name": "b", "sizes": [1, 2],
        "mixed": [1, "2"], "nothing": null, "long": "0123456789012345678901234567890123456789012345678901234567890123456789"})");

private Q_SLOTS:
    void readsWhatIsThere()
    {
        const JsonFields fields(m_document, "f.json");
        QCOMPARE(fields.integer("count", 0, 0, 9).value(), std::int64_t(3));
        QCOMPARE(fields.number("half", 0).value(), 0.5);
        QCOMPARE(fields.number("count", 0).value(), 3.0);
        QCOMPARE(fields.positive_number("half", 1).value(), 0.5);
        QCOMPARE(fields.boolean("on", false).value(), true);
        QCOMPARE(fields.word("name", "a", {"a", "b"}).value(), std::string("b"));
        QCOMPARE(fields.text("name", "a").value(), std::string("b"));
        QVERIFY(fields.integers("sizes", {}, 0, 9).value() == (std::vector<std::int64_t>{1, 2}));
    }

    void takesTheDefaultOfAMissingKey()
    {
        const JsonFields fields(m_document, "f.json");
        QCOMPARE(fields.integer("none", 7, 0, 9).value(), std::int64_t(7));
        QCOMPARE(fields.number("none", 0.25).value(), 0.25);
        QCOMPARE(fields.boolean("none", true).value(), true);
        QCOMPARE(fields.word("none", "a", {"a"}).value(), std::string("a"));
        QCOMPARE(fields.text("none", "a").value(), std::string("a"));
        QVERIFY(!fields.text("count", "a").has_value());
        QVERIFY(fields.integers("none", {5}, 0, 9).value() == std::vector<std::int64_t>{5});
    }

    void tellsNullFromMissing()
    {
        const JsonFields fields(m_document, "f.json");
        QVERIFY(fields.given("nothing") && !fields.has("nothing"));
        QVERIFY(!fields.given("none") && !fields.has("none"));
        QVERIFY(fields.given("count") && fields.has("count"));
    }

    void saysFileKeyExpectedAndFound()
    {
        const JsonFields fields(m_document, "f.json");
        const auto sentence = [](const auto& result) {
            return result.has_value() ? std::string("no error") : result.error().message;
        };
        QCOMPARE(sentence(fields.integer("count", 0, 4, 9)),
                 std::string("f.json: 'count' must be a whole number from 4 to 9, but is 3"));
        QCOMPARE(sentence(fields.boolean("count", false)), std::string("f.json: 'count' must be true or false, but is 3"));
        QCOMPARE(sentence(fields.number("name", 0)), std::string("f.json: 'name' must be a number, but is \"b\""));
        QCOMPARE(sentence(fields.word("name", "a", {"a", "c"})), std::string("f.json: 'name' must be one of a, c, but is \"b\""));
        QCOMPARE(sentence(fields.integers("mixed", {}, 0, 9)),
                 std::string("f.json: 'mixed' must be a list of whole numbers from 0 to 9, but is [1,\"2\"]"));
        QVERIFY(!fields.integer("big", 0, 0, INT64_MAX).has_value());
        QVERIFY(!fields.integer("nothing", 0, 0, 9).has_value());
        QVERIFY(!fields.integer("half", 0, 0, 9).has_value());
        QVERIFY(!fields.positive_number("none", 0).has_value());
        QVERIFY(sentence(fields.number("long", 0)).size() < 110);
    }

    void checksTheClass()
    {
        const nlohmann::json other{{"_class_name", "Other"}};
        QVERIFY(JsonFields(m_document, "f.json").check_class("Mine").has_value());
        QVERIFY(JsonFields(other, "f.json").check_class("Other").has_value());
        const auto refused = JsonFields(other, "f.json").check_class("Mine");
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::BadModel);
        QVERIFY(refused.error().message.find("Other") != std::string::npos &&
                refused.error().message.find("Mine") != std::string::npos);
        QVERIFY(!JsonFields(nlohmann::json::array(), "f.json").check_class("Mine").has_value());
    }
};

QTEST_APPLESS_MAIN(TestJsonFields)
#include "test_json_fields.moc"

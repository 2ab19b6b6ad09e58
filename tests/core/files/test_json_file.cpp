#include <QtTest>

#include "core/files/json_file.h"
#include "core/files/json_values.h"
#include "tests/core/files/file_fixture.h"

using namespace headroom;
using namespace headroom::files;

class TestJsonFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAFile()
    {
        const fixture::Folder folder;
        const auto value = read_json_file(folder.write("config.json", "\xEF\xBB\xBF {\"a\": [1, 2.5, \"\\u00e9\"], \"b\": null}\n"));
        QVERIFY2(value.has_value(), value ? "" : value.error().message.c_str());
        QCOMPARE(value->at("a").at(1).get<double>(), 2.5);
        QVERIFY(value->at("b").is_null());
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& text, const char* says) {
            QTest::newRow(name) << QByteArray(text.data(), qsizetype(text.size())) << says;
        };
        row("empty", "", "is empty");
        row("only white space", " \n\t", "is empty");
        row("Git LFS pointer", "version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer");
        row("not JSON", "hello", "not valid JSON at line 1, column 1");
        row("a comma too many", "{\n  \"a\": 1,\n}", "not valid JSON at line 3, column 1");
        row("cut off", R"({"a": [1, 2)", "not valid JSON at line 1, column 12");
        row("two values", "{} {}", "not valid JSON at line 1, column 4");
        row("a text alone", "\"config\"", "single value");
        row("null alone", "null", "single value");
        row("NaN", R"({"a": NaN})", "not valid JSON at line 1, column 7");
        row("a number beyond doubles", R"({"a": 1e999})", "beyond every range");
        row("no UTF-8", "{\"a\": \"\xC3\x28\"}", "not valid JSON at line 1");
        row("zero byte", std::string("{}\0{}", 5), "zero byte at line 1, column 3");
        row("JSON bomb", std::string(1'000'000, '['), "nested deeper than 64 levels at line 1, column 65");
        row("65 levels that close", std::string(65, '[') + std::string(65, ']'), "nested deeper than 64 levels");
    }
    void refuses()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        const fixture::Folder folder;
        const auto value = read_json_file(folder.write("config.json", text.toStdString()));
        COMPARE_REFUSAL(value, ErrorCode::BadModel, says.toStdString());
        QVERIFY(value.error().message.find("config.json") != std::string::npos);
    }

    void bracketsInTextsDontCount()
    {
        const std::string brackets(1000, '[');
        QVERIFY(parse_json("{\"a\": \"\\\"" + brackets + "\"}", "config.json").has_value());
        QVERIFY(parse_json(std::string(64, '[') + std::string(64, ']'), "config.json").has_value());
    }

    void refusesAboveTheLimits()
    {
        const fixture::Folder folder;
        const auto path = folder.write("config.json", R"({"a": [[[]]], "b": 1})");
        COMPARE_REFUSAL(read_json_file(path, {10, 64}), ErrorCode::BadModel, "too large");
        COMPARE_REFUSAL(read_json_file(path, {100, 3}), ErrorCode::BadModel, "deeper than 3");
        QVERIFY(read_json_file(path, {100, 4}).has_value());
        COMPARE_REFUSAL(read_json_file(folder.path(), {}, ErrorCode::BadInput), ErrorCode::BadInput, "is a folder");
        COMPARE_REFUSAL(read_json_file(folder.path() / "none.json"), ErrorCode::BadModel, "does not exist");
    }

    void typedValuesComeWithDefaults()
    {
        const auto config = *parse_json(R"({"layers": 30, "eps": 1, "shift": 5.0, "norm": "rms", "on": true, "none": null,
                                            "patch": [1, 2, 2], "mean": [-0.5, 1], "down": [false, true], "names": ["a"], "huge": 9223372036854775808})", "config.json");
        QCOMPARE(*get_or(config, "layers", 1), 30);
        QCOMPARE(*get_or<std::int64_t>(config, "layers", 1), std::int64_t(30));
        QCOMPARE(*get_or(config, "eps", 1e-6), 1.0);
        QCOMPARE(*get_or(config, "shift", 3), 5);
        QCOMPARE(*get_or<std::string>(config, "norm", ""), std::string("rms"));
        QCOMPARE(*get_or(config, "on", false), true);
        QCOMPARE(*get_or(config, "none", 7), 7);
        QCOMPARE(*get_or(config, "missing", 7), 7);
        QCOMPARE(*get_or<std::vector<std::int64_t>>(config, "patch", {}), (std::vector<std::int64_t>{1, 2, 2}));
        QCOMPARE(*get_or<std::vector<double>>(config, "mean", {}), (std::vector<double>{-0.5, 1.0}));
        QCOMPARE(*get_or<std::vector<bool>>(config, "down", {}), (std::vector<bool>{false, true}));
        QCOMPARE(*get_or<std::vector<std::string>>(config, "names", {}), std::vector<std::string>{"a"});
        QVERIFY(!get_optional<std::int64_t>(config, "none")->has_value());
        QCOMPARE(**get_optional<std::int64_t>(config, "layers"), std::int64_t(30));
        QCOMPARE(*get_required<int>(config, "layers"), 30);
    }

    void wrongTypesNameFileAndKey()
    {
        const auto config = *parse_json(R"({"layers": "many", "eps": true, "half": 0.5, "huge": 9223372036854775808, "wide": 3000000000,
                                            "patch": [1, "2"], "flag": 1, "norm": 3, "null": null})", "config.json");
        const auto bad = ErrorCode::BadModel;
        COMPARE_REFUSAL(get_or(config, "layers", 1, "vae/config.json"), bad, "vae/config.json: 'layers' is the text 'many' but must be a whole number");
        COMPARE_REFUSAL(get_or(config, "eps", 1.0), bad, "config.json: 'eps' is true but must be a number");
        COMPARE_REFUSAL(get_or(config, "half", 1), bad, "'half' is 0.5 but must be a whole number");
        COMPARE_REFUSAL(get_or<std::int64_t>(config, "huge", 1), bad, "'huge' is 9223372036854775808");
        COMPARE_REFUSAL(get_or(config, "wide", 1), bad, "'wide' is 3000000000");
        COMPARE_REFUSAL(get_or<std::vector<int>>(config, "patch", {}), bad, "'patch' is a list but must be a list, each element a whole number");
        COMPARE_REFUSAL(get_or(config, "flag", false), bad, "'flag' is 1 but must be true or false");
        COMPARE_REFUSAL(get_or<std::string>(config, "norm", ""), bad, "'norm' is 3 but must be a text");
        COMPARE_REFUSAL(get_required<int>(config, "null"), bad, "'null' is missing");
        COMPARE_REFUSAL(get_required<int>(config, "none"), bad, "'none' is missing, a whole number is expected");
        COMPARE_REFUSAL(get_or(nlohmann::json::array(), "a", 1), bad, "not an object");
    }
};

QTEST_APPLESS_MAIN(TestJsonFile)
#include "test_json_file.moc"

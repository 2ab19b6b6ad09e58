#include <QtTest>

#include "core/files/json_file.h"
#include "tests/core/files/file_fixture.h"

using namespace headroom;
using namespace headroom::files;

class TestJsonFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAFile()
    {
        const fixture::Folder folder;
        const auto value =
            read_json_file(folder.write("config.json", "\xEF\xBB\xBF {\"a\": [1, 2.5, \"\\u00e9\"], \"b\": null}\n"));
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
};

QTEST_APPLESS_MAIN(TestJsonFile)
#include "test_json_file.moc"

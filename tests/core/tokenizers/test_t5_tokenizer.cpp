#include <QtTest>

#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "core/tokenizers/tokenizer.h"

using namespace headroom;
using namespace headroom::tokenizers;

namespace {

const std::filesystem::path kFolder = HEADROOM_GOLDENS_DIR "/tiny_cogvideox/tokenizer";
constexpr std::size_t kTokens = 226;

nlohmann::json goldens()
{
    std::ifstream stream(HEADROOM_GOLDENS_DIR "/cogvideox/tokens.json");
    return nlohmann::json::parse(stream);
}

/// How many texts come out otherwise, the first of them in a message.
int count_differences(const Tokenizer& tokenizer, const nlohmann::json& rows)
{
    int differences = 0;
    for (const auto& row : rows) {
        const auto text = row.at(0).get<std::string>();
        const auto ids = tokenizer.encode(text, kTokens);
        if (ids && *ids == row.at(1).get<std::vector<std::int32_t>>()) continue;
        if (differences++ == 0) qWarning("another result for \"%s\"", text.c_str());
    }
    return differences;
}

void write(const std::filesystem::path& path, std::string_view text)
{
    std::ofstream(path) << text;
}

}  // namespace

class TestT5Tokenizer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesTheIdsOfT5Tokenizer()
    {
        const auto rows = goldens();
        QVERIFY(rows.size() >= 300);
        const auto tokenizer = load_unigram_tokenizer(kFolder);
        QVERIFY2(tokenizer.has_value(), tokenizer ? "" : tokenizer.error().message.c_str());
        QCOMPARE(count_differences(**tokenizer, rows), 0);
        QCOMPARE((*tokenizer)->pad_id(), 0);
        QCOMPARE((*tokenizer)->eos_id(), 1);
    }

    void readsTheSentinelsOfOlderFolders()
    {
        QTemporaryDir folder;
        const auto copy = std::filesystem::path(folder.path().toStdString());
        for (const char* file : {"spiece.model", "added_tokens.json"}) std::filesystem::copy(kFolder / file, copy);
        const auto tokenizer = load_unigram_tokenizer(copy);
        QVERIFY2(tokenizer.has_value(), tokenizer ? "" : tokenizer.error().message.c_str());
        QCOMPARE(count_differences(**tokenizer, goldens()), 0);
    }

    void takesSpecialTokensAsTextWhereTheFolderNamesNone()
    {
        QTemporaryDir folder;
        const auto copy = std::filesystem::path(folder.path().toStdString());
        std::filesystem::copy(kFolder / "spiece.model", copy);
        const auto tokenizer = load_unigram_tokenizer(copy);
        QVERIFY(tokenizer.has_value());
        QVERIFY((*tokenizer)->encode("<extra_id_0>", kTokens)->size() > 2);
    }

    void refusesDamagedLists_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("not an object") << "tokenizer_config.json"
                                       << R"({"added_tokens_decoder": []})"
                                       << "is not an object";
        QTest::newRow("bad key") << "tokenizer_config.json"
                                 << R"({"added_tokens_decoder": {"x": {"content": "a"}}})"
                                 << "not a token's number";
        QTest::newRow("huge key") << "tokenizer_config.json"
                                  << R"({"added_tokens_decoder": {"99999999999": {"content": "a"}}})"
                                  << "not a token's number";
        QTest::newRow("no content") << "tokenizer_config.json"
                                    << R"({"added_tokens_decoder": {"3": {}}})"
                                    << "content";
        QTest::newRow("cut off") << "tokenizer_config.json"
                                 << "{"
                                 << "not a JSON object";
        QTest::newRow("bad number") << "added_tokens.json"
                                    << R"({"<extra_id_0>": "many"})"
                                    << "no valid number";
    }
    void refusesDamagedLists()
    {
        QFETCH(QString, file);
        QFETCH(QString, text);
        QFETCH(QString, says);
        QTemporaryDir folder;
        const auto copy = std::filesystem::path(folder.path().toStdString());
        std::filesystem::copy(kFolder / "spiece.model", copy);
        write(copy / file.toStdString(), text.toStdString());
        const auto tokenizer = load_unigram_tokenizer(copy);
        QVERIFY(!tokenizer.has_value());
        QCOMPARE(tokenizer.error().code, ErrorCode::BadModel);
        QVERIFY2(QString::fromStdString(tokenizer.error().message).contains(says), tokenizer.error().message.c_str());
        QVERIFY(QString::fromStdString(tokenizer.error().message).contains(file));
    }
};

QTEST_APPLESS_MAIN(TestT5Tokenizer)
#include "test_t5_tokenizer.moc"

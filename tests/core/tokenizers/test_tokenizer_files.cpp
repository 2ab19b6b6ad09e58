#include <QtTest>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>

#include <nlohmann/json.hpp>

#include "core/tokenizers/tokenizer.h"

using namespace headroom;
using namespace headroom::tokenizers;
using nlohmann::json;

using Change = std::function<void(json&)>;
Q_DECLARE_METATYPE(Change)

namespace {

const std::filesystem::path kGoldens = HEADROOM_GOLDENS_DIR;

std::string read_file(const std::filesystem::path& path)
{
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

class TestTokenizerFiles : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::filesystem::path m_path;

    Result<std::unique_ptr<Tokenizer>> load(const char* file, const std::string& bytes) const
    {
        for (const auto& entry : std::filesystem::directory_iterator(m_path)) std::filesystem::remove(entry.path());
        std::ofstream(m_path / file, std::ios::binary) << bytes;
        return load_unigram_tokenizer(m_path);
    }

private Q_SLOTS:
    void initTestCase() { m_path = m_folder.path().toStdString(); }

    void namesAFolderWithoutATokenizer()
    {
        const auto tokenizer = load_unigram_tokenizer("/no/such/folder");
        QVERIFY(!tokenizer.has_value());
        QCOMPARE(tokenizer.error().code, ErrorCode::BadModel);
        QCOMPARE(tokenizer.error().message, std::string("/no/such/folder has neither tokenizer.json nor spiece.model."));
    }

    void refusesDamagedJson_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("part_of_message");
        const auto row = [](const char* name, Change change, const char* message) {
            QTest::newRow(name) << change << QString(message);
        };
        row(
            "a list", [](json& j) { j = json::array(); }, "is not a JSON object");
        row(
            "no model", [](json& j) { j.erase("model"); }, "\"model\" is missing");
        row(
            "a BPE model", [](json& j) { j["model"]["type"] = "BPE"; }, "type \"BPE\", expected \"Unigram\"");
        row(
            "empty vocabulary", [](json& j) { j["model"]["vocab"] = json::array(); }, "\"model.vocab\" is missing, empty");
        row(
            "vocabulary as object",
            [](json& j) {
                j["model"]["vocab"] = json::object({{"a", 1}});
            },
            "\"model.vocab\" is missing, empty");
        row(
            "piece without score", [](json& j) { j["model"]["vocab"][7] = json::array({"a"}); }, "entry 7 of \"model.vocab\"");
        row(
            "score as text", [](json& j) { j["model"]["vocab"][0][1] = "0"; }, "entry 0 of \"model.vocab\"");
        row(
            "unk_id beyond", [](json& j) { j["model"]["unk_id"] = 100000; }, "\"model.unk_id\"");
        row(
            "unk_id negative", [](json& j) { j["model"]["unk_id"] = -1; }, "\"model.unk_id\"");
        row(
            "byte fallback", [](json& j) { j["model"]["byte_fallback"] = true; }, "byte_fallback");
        row(
            "unknown normalizer",
            [](json& j) {
                j["normalizer"] = {{"type", "BertNormalizer"}};
            },
            "\"BertNormalizer\" is not supported");
        row(
            "normalizer no object", [](json& j) { j["normalizer"] = 3; }, "normalizer has no text \"type\"");
        row(
            "other pattern", [](json& j) { j["normalizer"]["normalizers"][2]["pattern"]["Regex"] = "a+"; },
            "pattern \"a+\" is not supported");
        row(
            "no pattern", [](json& j) { j["normalizer"]["normalizers"][2].erase("pattern"); }, "has no pattern");
        row(
            "map not base64", [](json& j) { j["normalizer"]["normalizers"][0]["precompiled_charsmap"] = "?"; }, "is not base64");
        row(
            "map cut off", [](json& j) { j["normalizer"]["normalizers"][0]["precompiled_charsmap"] = "AAQ="; }, "is cut off");
        row(
            "map too small", [](json& j) { j["normalizer"]["normalizers"][0]["precompiled_charsmap"] = "AAQAAAAAAAA="; },
            "is damaged: its trie");
        row(
            "endless sequence",
            [](json& j) {
                for (int i = 0; i < 50; ++i) j["normalizer"] = {{"type", "Sequence"}, {"normalizers", {j["normalizer"]}}};
            },
            "nested too deeply");
        row(
            "unknown pre-tokenizer", [](json& j) { j["pre_tokenizer"]["type"] = "BertPreTokenizer"; },
            "\"BertPreTokenizer\" is not supported");
        row(
            "empty replacement", [](json& j) { j["pre_tokenizer"]["replacement"] = ""; }, "empty replacement");
        row(
            "unknown scheme", [](json& j) { j["pre_tokenizer"]["prepend_scheme"] = "last"; }, "\"prepend_scheme\" is \"last\"");
        row(
            "added tokens as text", [](json& j) { j["added_tokens"] = "x"; }, "\"added_tokens\" is not a list");
        row(
            "added token without id", [](json& j) { j["added_tokens"][0].erase("id"); }, "\"<pad>\" has no valid \"id\"");
        row(
            "added token no object", [](json& j) { j["added_tokens"][0] = 1; },
            "entry of \"added_tokens\" has no text \"content\"");
        row(
            "other post-processor", [](json& j) { j["post_processor"]["type"] = "BertProcessing"; },
            "\"BertProcessing\" is not supported");
        row(
            "template without ids", [](json& j) { j["post_processor"]["special_tokens"] = json::object(); },
            "which ids \"</s>\" has");
        row(
            "template without text", [](json& j) { j["post_processor"]["single"].erase(0); }, "template for one text is damaged");
    }
    void refusesDamagedJson()
    {
        QFETCH(Change, change);
        QFETCH(QString, part_of_message);
        json file = json::parse(read_file(kGoldens / "tokenizers" / "converted" / "tokenizer.json"));
        change(file);
        const auto tokenizer = load("tokenizer.json", file.dump());
        QVERIFY(!tokenizer.has_value());
        QCOMPARE(tokenizer.error().code, ErrorCode::BadModel);
        const QString message = QString::fromStdString(tokenizer.error().message);
        QVERIFY2(message.contains(part_of_message), qPrintable(message));
        QVERIFY(message.contains("tokenizer.json"));
    }

    void refusesJsonThatIsCutOff()
    {
        const std::string whole = read_file(kGoldens / "tokenizers" / "converted" / "tokenizer.json");
        for (const std::size_t size : {std::size_t(0), std::size_t(1), whole.size() / 2, whole.size() - 2}) {
            const auto tokenizer = load("tokenizer.json", whole.substr(0, size));
            QVERIFY(!tokenizer.has_value());
            QVERIFY(QString::fromStdString(tokenizer.error().message).contains("is not a JSON object"));
        }
    }

    void saysWhenAnUnknownCharacterHasNoToken()
    {
        json file = json::parse(read_file(kGoldens / "tokenizers" / "converted" / "tokenizer.json"));
        file["model"]["unk_id"] = nullptr;
        const auto tokenizer = load("tokenizer.json", file.dump());
        QVERIFY(tokenizer.has_value());
        QVERIFY((*tokenizer)->encode("cat", 512).has_value());
        const auto ids = (*tokenizer)->encode("cat \xe2\x98\x83", 512);
        QVERIFY(!ids.has_value());
        QVERIFY(QString::fromStdString(ids.error().message).contains("no piece for \"\xe2\x98\x83\""));
    }

    void takesSpecialTokensFromTheConfigBesideIt()
    {
        const std::string file = read_file(kGoldens / "tokenizers" / "converted" / "tokenizer.json");
        QVERIFY(load("tokenizer.json", file).has_value());
        std::ofstream(m_path / "tokenizer_config.json") << R"({"pad_token": {"content": "</s>"}, "eos_token": "<unk>"})";
        const auto tokenizer = load_unigram_tokenizer(m_path);
        QVERIFY(tokenizer.has_value());
        QCOMPARE((*tokenizer)->pad_id(), 1);
        QCOMPARE((*tokenizer)->eos_id(), 2);
    }

    void refusesEveryTruncationOfSpiece()
    {
        const std::string whole = read_file(kGoldens / "tiny_wan" / "tokenizer" / "spiece.model");
        for (std::size_t size = 0; size < whole.size(); size += 3001) {
            const auto tokenizer = load("spiece.model", whole.substr(0, size));
            if (tokenizer) continue;  // cut between two fields
            QVERIFY(QString::fromStdString(tokenizer.error().message).contains("spiece.model"));
        }
        QVERIFY(!load("spiece.model", "").has_value());
        QVERIFY(!load("spiece.model", "not a model").has_value());
    }

    void survivesFlippedBytesInSpiece()
    {
        const std::string whole = read_file(kGoldens / "tiny_wan" / "tokenizer" / "spiece.model");
        std::mt19937 random(1);
        int refused = 0;
        for (int i = 0; i < 100; ++i) {
            std::string damaged = whole;
            for (int j = 0; j < 20; ++j)
                damaged[random() % (j % 2 ? damaged.size() : std::min<std::size_t>(3000, damaged.size()))] ^=
                    char(1U << random() % 8);
            const auto tokenizer = load("spiece.model", damaged);
            if (tokenizer) {
                QVERIFY((*tokenizer)->encode("A red \xef\xbc\xa1 caf\xc3\xa9 \xe4\xb8\x80.", 512).has_value());
            } else {
                ++refused;
                QVERIFY(!tokenizer.error().message.empty());
            }
        }
        QVERIFY(refused > 0);
    }
};

QTEST_APPLESS_MAIN(TestTokenizerFiles)
#include "test_tokenizer_files.moc"

#include <QtTest>

#include <filesystem>
#include <fstream>
#include <functional>

#include <nlohmann/json.hpp>

#include "core/tokenizers/byte_characters.h"
#include "core/tokenizers/tokenizer.h"

using namespace headroom;
using namespace headroom::tokenizers;
using nlohmann::json;

using Change = std::function<void(json&)>;
Q_DECLARE_METATYPE(Change)

namespace {

const std::filesystem::path kGoldens = HEADROOM_GOLDENS_DIR;
const std::filesystem::path kTiny = kGoldens / "tiny_hunyuan_video";

json read_json(const std::filesystem::path& path)
{
    std::ifstream stream(path);
    return json::parse(stream);
}

QString joined(const std::vector<std::int32_t>& ids)
{
    QStringList texts;
    for (const auto id : ids) texts << QString::number(id);
    return texts.join(' ');
}

}  // namespace

class TestBpeGoldens : public QObject {
    Q_OBJECT

    json m_goldens;

private Q_SLOTS:
    void initTestCase()
    {
        m_goldens = read_json(kGoldens / "bpe" / "ids.json");
        QVERIFY(m_goldens.size() >= 300);
    }

    void givesTheIdsOfTheReference_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<bool>("is_clip");
        QTest::addColumn<int>("max_length");
        const auto row = [](const char* form, const std::filesystem::path& folder, bool is_clip, int max_length) {
            QTest::newRow(form) << QString::fromStdString(folder.string()) << is_clip << max_length;
        };
        row("llama", kTiny / "tokenizer", false, 351);
        row("clip", kTiny / "tokenizer_2", true, 77);
        row("clip_flags", kGoldens / "bpe" / "clip_flags", true, 77);
        row("clip_json", kGoldens / "bpe" / "clip_json", true, 77);
        row("gpt2", kGoldens / "bpe" / "gpt2", false, 77);
        row("odd", kGoldens / "bpe" / "odd", false, 77);
    }
    void givesTheIdsOfTheReference()
    {
        QFETCH(QString, folder);
        QFETCH(bool, is_clip);
        QFETCH(int, max_length);
        const auto tokenizer = is_clip ? load_clip_tokenizer(folder.toStdString()) : load_bpe_tokenizer(folder.toStdString());
        QVERIFY2(tokenizer.has_value(), tokenizer ? "" : tokenizer.error().message.c_str());
        int wrong = 0;
        QString first;
        for (const json& row : m_goldens) {
            const auto text = row.at("text").get<std::string>();
            const auto ids = (*tokenizer)->encode(text, std::size_t(max_length));
            QVERIFY2(ids.has_value(), text.c_str());
            const auto expected = row.at(QTest::currentDataTag()).get<std::vector<std::int32_t>>();
            if (*ids == expected) continue;
            if (wrong++ == 0) {
                first = QString("\"%1\"\n  ours      %2\n  reference %3")
                            .arg(QString::fromStdString(text.substr(0, 200)), joined(*ids), joined(expected));
            }
        }
        QVERIFY2(wrong == 0, qPrintable(QString("%1 of %2 differ, first %3").arg(wrong).arg(m_goldens.size()).arg(first)));
    }

    void spellsBytesAsGpt2Does()
    {
        QCOMPARE(spell_bytes(" a\n~\x7f"), std::string("ĠaĊ~ġ"));
        QCOMPARE(spell_bytes("\xc2\xad\xff"), std::string("ÂŃÿ"));
    }

    void knowsSpecialTokensThatTheModelLacks()
    {
        const auto tokenizer = load_bpe_tokenizer(kTiny / "tokenizer");
        QVERIFY(tokenizer.has_value());
        const json file = read_json(kTiny / "tokenizer" / "tokenizer.json");
        for (const json& token : file.at("added_tokens")) {
            if (token.at("content") == "<pad>") QCOMPARE((*tokenizer)->pad_id(), token.at("id").get<int>());
            if (token.at("content") == "<|end_of_text|>") QCOMPARE((*tokenizer)->eos_id(), token.at("id").get<int>());
        }
    }

    void mergesALongWordQuickly()
    {
        const auto tokenizer = load_bpe_tokenizer(kTiny / "tokenizer");
        QVERIFY(tokenizer.has_value());
        QElapsedTimer timer;
        timer.start();
        for (const std::string& text : {std::string(60'000, 'a'), std::string(60'000, ' '), std::string(60'000, '!')}) {
            QVERIFY((*tokenizer)->encode(text, 351).has_value());
        }
        QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    }

    void refusesDamagedFiles_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("part_of_message");
        const auto row = [](const char* name, Change change, const char* message) {
            QTest::newRow(name) << change << QString(message);
        };
        row(
            "no model", [](json& j) { j.erase("model"); }, "\"model\" is missing");
        row(
            "a Unigram model", [](json& j) { j["model"]["type"] = "Unigram"; }, "type \"Unigram\", expected \"BPE\"");
        row(
            "vocabulary as list", [](json& j) { j["model"]["vocab"] = json::array({1}); }, "\"model.vocab\" is missing, empty");
        row(
            "piece without id", [](json& j) { j["model"]["vocab"]["a"] = "x"; }, "the piece \"a\" of \"model.vocab\"");
        row(
            "negative id", [](json& j) { j["model"]["vocab"]["a"] = -3; }, "the piece \"a\" of \"model.vocab\"");
        row(
            "no merges", [](json& j) { j["model"].erase("merges"); }, "\"model.merges\" is missing");
        row(
            "merge of one", [](json& j) { j["model"]["merges"][2] = "ab"; }, "entry 2 of \"model.merges\" is not two pieces");
        row(
            "merge of three", [](json& j) { j["model"]["merges"][2] = "a b c"; },
            "entry 2 of \"model.merges\" is not two pieces");
        row(
            "unknown merge", [](json& j) { j["model"]["merges"][2] = "a nosuchpiece"; }, "but the vocabulary lacks one of them");
        row(
            "unknown token unknown", [](json& j) { j["model"]["unk_token"] = "<none>"; },
            "\"<none>\", which is not in the vocabulary");
        row(
            "dropout", [](json& j) { j["model"]["dropout"] = 0.1; }, "dropout");
        row(
            "byte fallback", [](json& j) { j["model"]["byte_fallback"] = true; }, "byte_fallback");
        row(
            "damaged expression", [](json& j) { j["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = "(a"; },
            "is not a supported regular expression");
        row(
            "no expression", [](json& j) { j["pre_tokenizer"]["pretokenizers"][0].erase("pattern"); },
            "has no regular expression");
        row(
            "other behaviour", [](json& j) { j["pre_tokenizer"]["pretokenizers"][0]["behavior"] = "MergedWithNext"; },
            "behaviour \"MergedWithNext\"");
        row(
            "nested processors", [](json& j) { j["post_processor"]["processors"][0] = json(j["post_processor"]); },
            "sequence in a sequence");
        row(
            "Roberta without sep",
            [](json& j) {
                j["post_processor"] = {{"type", "RobertaProcessing"}, {"cls", {"x", 1}}};
            },
            "\"sep\" is not a token and its id");
    }
    void refusesDamagedFiles()
    {
        QFETCH(Change, change);
        QFETCH(QString, part_of_message);
        json file = read_json(kTiny / "tokenizer" / "tokenizer.json");
        change(file);
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        std::ofstream(path / "tokenizer.json") << file.dump();
        const auto tokenizer = load_bpe_tokenizer(path);
        QVERIFY(!tokenizer.has_value());
        QCOMPARE(tokenizer.error().code, ErrorCode::BadModel);
        const QString message = QString::fromStdString(tokenizer.error().message);
        QVERIFY2(message.contains(part_of_message), qPrintable(message));
    }

    void refusesDamagedClipFiles()
    {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        const auto problem = [&] { return QString::fromStdString(load_clip_tokenizer(path).error().message); };
        QVERIFY(problem().contains("has neither tokenizer.json nor vocab.json and merges.txt"));
        std::filesystem::copy(kTiny / "tokenizer_2" / "vocab.json", path);
        QVERIFY(problem().contains("merges.txt can't be read"));
        std::ofstream(path / "merges.txt") << "#version: 0.2\na b\nc\n";
        QVERIFY2(problem().contains("\"model.merges\""), qPrintable(problem()));
        std::ofstream(path / "merges.txt") << "#version: 0.2\r\nt h\r\n";
        QVERIFY(load_clip_tokenizer(path).has_value());
        std::ofstream(path / "vocab.json") << R"({"a": 1})";
        QVERIFY2(problem().contains("the vocabulary lacks \"<|startoftext|>\""), qPrintable(problem()));
        QVERIFY(QString::fromStdString(load_bpe_tokenizer(path).error().message).contains("has no tokenizer.json"));
    }
};

QTEST_APPLESS_MAIN(TestBpeGoldens)
#include "test_bpe_goldens.moc"

#include <QtTest>

#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "core/tokenizers/tokenizer.h"

using namespace headroom;
using namespace headroom::tokenizers;

namespace {

const std::filesystem::path kGoldens = HEADROOM_GOLDENS_DIR;

QString joined(const std::vector<std::int32_t>& ids)
{
    QStringList texts;
    for (const auto id : ids) texts << QString::number(id);
    return texts.join(' ');
}

}  // namespace

class TestTokenizerGoldens : public QObject {
    Q_OBJECT

    nlohmann::json m_goldens;
    std::unique_ptr<Tokenizer> m_tokenizer;

private Q_SLOTS:
    void initTestCase()
    {
        std::ifstream stream(kGoldens / "tokenizers" / "ids.json");
        m_goldens = nlohmann::json::parse(stream);
        QVERIFY(m_goldens.size() >= 60);
    }

    void givesTheIdsOfTheReference_data()
    {
        QTest::addColumn<QString>("form");
        for (const char* form : {"converted", "year_2020", "year_2022", "first", "raw", "tiny_wan"})
            QTest::newRow(form) << QString(form);
    }
    void givesTheIdsOfTheReference()
    {
        QFETCH(QString, form);
        const auto folder =
            form == "tiny_wan" ? kGoldens / "tiny_wan" / "tokenizer" : kGoldens / "tokenizers" / form.toStdString();
        const auto tokenizer = load_unigram_tokenizer(folder);
        QVERIFY2(tokenizer.has_value(), tokenizer ? "" : tokenizer.error().message.c_str());
        compareAll(**tokenizer, form);
    }

    void givesTheIdsOfSentencePieceWithoutJson()
    {
        QTemporaryDir folder;
        const auto copy = std::filesystem::path(folder.path().toStdString());
        std::filesystem::copy(kGoldens / "tiny_wan" / "tokenizer" / "spiece.model", copy);
        const auto tokenizer = load_unigram_tokenizer(copy);
        QVERIFY2(tokenizer.has_value(), tokenizer ? "" : tokenizer.error().message.c_str());
        compareAll(**tokenizer, "tiny_wan_spiece");
        QCOMPARE((*tokenizer)->pad_id(), 0);
        QCOMPARE((*tokenizer)->eos_id(), 1);
    }

    void truncatesTheTextAndKeepsTheEnd()
    {
        const auto tokenizer = load_unigram_tokenizer(kGoldens / "tiny_wan" / "tokenizer");
        QVERIFY(tokenizer.has_value());
        const auto whole = *(*tokenizer)->encode("a red circle moving right", 512);
        QVERIFY(whole.size() > 5);
        const auto cut = *(*tokenizer)->encode("a red circle moving right", 4);
        QCOMPARE(cut, (std::vector<std::int32_t>{whole[0], whole[1], whole[2], 1}));
        QCOMPARE(*(*tokenizer)->encode("a red circle", 1), std::vector<std::int32_t>{1});
        QCOMPARE((*tokenizer)->pad_id(), 0);
        QCOMPARE((*tokenizer)->eos_id(), 1);
    }

    void takesMalformedBytesAsReplacementCharacters()
    {
        const auto tokenizer = load_unigram_tokenizer(kGoldens / "tiny_wan" / "tokenizer");
        QVERIFY(tokenizer.has_value());
        QCOMPARE(*(*tokenizer)->encode("cat \xff\xc3 dog", 512), *(*tokenizer)->encode("cat \xef\xbf\xbd\xef\xbf\xbd dog", 512));
        QCOMPARE(*(*tokenizer)->encode("cat\xe4\xb8", 512), *(*tokenizer)->encode("cat\xef\xbf\xbd", 512));
    }

private:
    void compareAll(const Tokenizer& tokenizer, const QString& form) const
    {
        for (const auto& row : m_goldens) {
            const auto text = row.at("text").get<std::string>();
            const auto ids = tokenizer.encode(text, 512);
            QVERIFY2(ids.has_value(), text.c_str());
            const auto expected = row.at(form.toStdString()).get<std::vector<std::int32_t>>();
            const QString message = QString("%1: \"%2\"\n  ours      %3\n  reference %4")
                                        .arg(form, QString::fromStdString(text.substr(0, 200)), joined(*ids), joined(expected));
            QVERIFY2(*ids == expected, qPrintable(message));
        }
    }
};

QTEST_APPLESS_MAIN(TestTokenizerGoldens)
#include "test_tokenizer_goldens.moc"

#include <QtTest>

#include <fstream>

#include <nlohmann/json.hpp>

#include "core/text/prompt_cleaning.h"

using namespace headroom::text;

class TestPromptCleaning : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleansAsDiffusersDoes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("cleaned");
        std::ifstream stream(HEADROOM_GOLDENS_DIR "/text/prompt_cleaning.json");
        const auto goldens = nlohmann::json::parse(stream);
        QVERIFY(goldens.size() >= 60);
        for (std::size_t i = 0; i < goldens.size(); ++i) {
            QTest::addRow("%zu", i) << QByteArray::fromStdString(goldens[i][0]) << QByteArray::fromStdString(goldens[i][1]);
        }
    }
    void cleansAsDiffusersDoes()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, cleaned);
        const QByteArray ours = QByteArray::fromStdString(clean_prompt(text.toStdString()));
        QVERIFY2(ours == cleaned, ("\"" + text + "\"\n  ours      " + ours + "\n  reference " + cleaned).constData());
    }

    void takesMalformedBytesAsReplacementCharacters()
    {
        QCOMPARE(clean_prompt("a cat \xff\xfe on \xe4\xb8"), std::string("a cat \xef\xbf\xbd\xef\xbf\xbd on \xef\xbf\xbd"));
        QCOMPARE(clean_prompt("\xed\xa0\xbd\xed\xb8\x80"),
                 clean_prompt("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"));
    }

    void isDoneQuicklyWithALongText()
    {
        std::string text;
        for (int i = 0; i < 20'000; ++i) text += "caf\xc3\x83\xc2\xa9 & \xe2\x80\x9cquotes\xe2\x80\x9d ";
        const std::string cleaned = clean_prompt(text);
        QVERIFY(cleaned.starts_with("caf\xc3\xa9 & \"quotes\" caf\xc3\xa9"));
    }

    void leavesAPlainPromptAlone()
    {
        const std::string prompt = "A red circle moving right on a blue background, 4k, it's (very) detailed!";
        QCOMPARE(clean_prompt(prompt), prompt);
    }
};

QTEST_APPLESS_MAIN(TestPromptCleaning)
#include "test_prompt_cleaning.moc"

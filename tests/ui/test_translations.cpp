#include <QAbstractButton>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>
#include <QTemporaryDir>
#include <QXmlStreamReader>

#include "tests/ui/mnemonics.h"
#include "tests/ui/window_fixture.h"
#include "ui/desktop/translations.h"
#include "ui/models/family_text.h"
#include "ui/models/run_progress.h"
#include "ui/widgets/transport_bar.h"

using headroom::test::WindowFixture;

namespace {

struct Message {
    QString context;
    QString source;
    QString comment;
    QString translation;
    bool finished = true;

    QString key() const { return context + u'|' + source + u'|' + comment; }
};

QList<Message> messagesOf(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    QXmlStreamReader xml(&file);
    QList<Message> messages;
    QString context;
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement) continue;
        const auto name = xml.name();
        if (name == u"name") context = xml.readElementText();
        if (name == u"message") messages.push_back({context, {}, {}, {}, true});
        if (name == u"source") messages.back().source = xml.readElementText();
        if (name == u"comment") messages.back().comment = xml.readElementText();
        if (name == u"translation") {
            messages.back().finished = !xml.attributes().hasAttribute(QStringLiteral("type"));
            messages.back().translation = xml.readElementText();
        }
    }
    return messages;
}

/// %1, %2, … that a text uses.
QStringList placesOf(const QString& text)
{
    QStringList places;
    static const QRegularExpression place(QStringLiteral("%\\d"));
    for (auto found = place.globalMatch(text); found.hasNext();) places << found.next().captured();
    places.sort();
    return places;
}

const QString kGerman = QStringLiteral(HEADROOM_SOURCE_DIR "/resources/translations/headroom_de.ts");

}  // namespace

class TestTranslations : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void germanIsComplete()
    {
        const QList<Message> messages = messagesOf(kGerman);
        QVERIFY(messages.size() > 300);
        for (const Message& message : messages) {
            QVERIFY2(message.finished && !message.translation.isEmpty(), qPrintable(message.key()));
            QVERIFY2(placesOf(message.source) == placesOf(message.translation), qPrintable(message.key()));
            QVERIFY2(message.source.contains(u'&') == message.translation.contains(u'&'), qPrintable(message.key()));
        }
    }

    void everyStringOfTheWindowIsInTheFile()
    {
        const QString lupdate = QStringLiteral(HEADROOM_LUPDATE);
        if (lupdate.isEmpty()) QSKIP("Qt's lupdate is not installed");
        QTemporaryDir folder;
        const QString fresh = folder.filePath(QStringLiteral("fresh.ts"));
        QProcess process;
        process.start(lupdate, {QStringLiteral(HEADROOM_SOURCE_DIR "/ui"), QStringLiteral(HEADROOM_SOURCE_DIR "/core/models"),
                                QStringLiteral("-tr-function-alias"), QStringLiteral("QT_TRANSLATE_NOOP+=translatable"),
                                QStringLiteral("-ts"), fresh});
        QVERIFY(process.waitForFinished(60000));
        QSet<QString> known;
        for (const Message& message : messagesOf(kGerman)) known << message.key();
        const QList<Message> found = messagesOf(fresh);
        QCOMPARE(found.size(), known.size());
        for (const Message& message : found) QVERIFY2(known.contains(message.key()), qPrintable(message.key()));
    }

    void numbersHaveTheCommaOfTheLanguage()
    {
        const QLocale before;
        QLocale::setDefault(QLocale(QLocale::German));
        QCOMPARE(headroom::ui::exactDurationText(1.5), QStringLiteral("1,5 s"));
        QCOMPARE(headroom::ui::frameCounterText(1, 33, 16), QStringLiteral("2 / 33 · 0:00,06"));
        {
            WindowFixture fixture;
            fixture.open();
            QCOMPARE(fixture.child<QLabel>("clipSeconds")->text(), QStringLiteral("2,06 s"));
            QTRY_VERIFY(fixture.child<QLabel>("summary")->text().endsWith(QStringLiteral("33 frames, 2,06 s")));
        }
        QLocale::setDefault(before);
    }

    void theWindowSpeaksGerman()
    {
        if (QStringLiteral(HEADROOM_LUPDATE).isEmpty()) QSKIP("The program was built without translations");
        headroom::ui::installTranslations(*qApp, {QStringLiteral("xx"), QStringLiteral("de-AT"), QStringLiteral("en")});
        WindowFixture fixture;
        fixture.open();
        QCOMPARE(fixture.child<QAbstractButton>("generate")->text(), QStringLiteral("Erzeugen"));
        QCOMPARE(headroom::ui::familyText("Flow shift"),
                 QStringLiteral("Flow-Verschiebung"));  // of a family's description, in core
        QCOMPARE(headroom::ui::familyText("a folder's own"), QStringLiteral("a folder's own"));
        QCOMPARE(fixture.child<QWidget>("budgetSlider")->accessibleName(), QStringLiteral("Speicher, der benutzt werden darf"));
        QCOMPARE(headroom::test::clashingMnemonics(*fixture.window), QStringList());
    }
};

QTEST_MAIN(TestTranslations)
#include "test_translations.moc"

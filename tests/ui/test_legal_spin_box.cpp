#include <QLineEdit>
#include <QTest>

#include "ui/widgets/legal_spin_box.h"
#include "ui/widgets/seed_field.h"

using headroom::ui::LegalSpinBox;
using headroom::ui::SeedField;
using headroom::ui::SeedMode;

class TestLegalSpinBox : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void typedNumbersBecomeTheNearestLegal_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<int>("value");
        QTest::newRow("legal") << "33" << 33;
        QTest::newRow("below the next") << "35" << 33;
        QTest::newRow("above") << "36" << 37;
        QTest::newRow("too large") << "99000" << 161;
        QTest::newRow("zero") << "0" << 1;
    }

    void typedNumbersBecomeTheNearestLegal()
    {
        QFETCH(QString, typed);
        QFETCH(int, value);
        LegalSpinBox box;
        box.setRule({1, 161, 4, 1});
        box.selectAll();
        QTest::keyClicks(&box, typed);
        QTest::keyClick(&box, Qt::Key_Return);
        QCOMPARE(box.value(), value);
    }

    void arrowsStepThroughLegalNumbers()
    {
        LegalSpinBox box;
        box.setRule({1, 161, 4, 1});
        box.setLegalValue(33);
        box.stepUp();
        QCOMPARE(box.value(), 37);
        box.stepBy(-3);
        QCOMPARE(box.value(), 25);
        box.stepBy(-100);
        QCOMPARE(box.value(), 1);
    }

    void bothKindsOfNumbersCanBeTyped()
    {
        LegalSpinBox box;
        box.setRule({1, 49, 8, 1, 0});
        for (const int frames : {1, 8, 9, 48, 49}) {
            box.setLegalValue(frames);
            QCOMPARE(box.value(), frames);
        }
        box.setLegalValue(47);
        QCOMPARE(box.value(), 48);
        box.stepUp();
        QCOMPARE(box.value(), 49);
        box.stepBy(-2);
        QCOMPARE(box.value(), 33);
        QVERIFY(box.toolTip().contains(QStringLiteral("8k, 8k+1")));
    }

    void aNewRuleMovesTheValue()
    {
        LegalSpinBox box;
        box.setRule({1, 1000, 1, 0});
        box.setLegalValue(500);
        box.setRule({16, 1280, 16, 0});
        QCOMPARE(box.value(), 496);
    }

    void freshSeedsAreRolledAtSubmit()
    {
        SeedField field;
        field.setSeed(7);
        QCOMPARE(field.mode(), SeedMode::Fresh);
        const std::uint64_t first = field.resolveSeed();
        QCOMPARE(field.seed(), first);
        QVERIFY(field.resolveSeed() != first || field.resolveSeed() != first);
    }

    void keptSeedsStay()
    {
        SeedField field;
        field.setSeed(7);
        field.setMode(SeedMode::Kept);
        QCOMPARE(field.resolveSeed(), std::uint64_t(7));
    }

    void typingKeepsTheSeed()
    {
        SeedField field;
        auto* edit = field.findChild<QLineEdit*>(QStringLiteral("seed"));
        edit->selectAll();
        QTest::keyClicks(edit, QStringLiteral("12a34"));
        QCOMPARE(field.mode(), SeedMode::Kept);
        QCOMPARE(field.resolveSeed(), std::uint64_t(1234));
    }

    void seedsReachSixtyFourBits()
    {
        SeedField field;
        field.setSeed(UINT64_MAX);
        QCOMPARE(field.seed(), UINT64_MAX);
    }
};

QTEST_MAIN(TestLegalSpinBox)
#include "test_legal_spin_box.moc"

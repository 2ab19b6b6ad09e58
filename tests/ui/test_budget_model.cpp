#include <QLocale>
#include <QTemporaryDir>
#include <QTest>

#include "core/base/byte_size.h"
#include "tests/support/fake_engine.h"
#include "ui/models/budget_model.h"
#include "ui/models/byte_text.h"
#include "ui/models/pin_choices.h"
#include "ui/models/plan_text.h"
#include "ui/models/remedy_offers.h"
#include "ui/settings/remembered_budget.h"
#include "ui/settings/settings_keys.h"

using namespace headroom;
using namespace headroom::ui;

namespace {

GenerateRequest requestOf(const char* model)
{
    GenerateRequest request;
    request.model_dir = model;
    return *test::FakeEngine().resolve(request);
}

void look(BudgetModel& budget, const char* model)
{
    const GenerateRequest request = requestOf(model);
    budget.setOutlook(request, *test::FakeEngine().outlook(request));
}

}  // namespace

class TestBudgetModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void zonesFollowEachOther()
    {
        BudgetModel budget;
        look(budget, "/fake/wan");
        const BudgetZones& zones = budget.zones();
        QCOMPARE(zones.end, 24 * kGiB);
        QVERIFY(zones.minimum > 0);
        QVERIFY(zones.minimum <= zones.exactFrom && zones.exactFrom <= zones.fastestFrom && zones.fastestFrom < zones.othersFrom);
        QVERIFY(zones.minimum < zones.noStreamingFrom && zones.noStreamingFrom <= zones.fastestFrom);
        QVERIFY(!plan_within(*budget.outlook(), zones.minimum - 1));
        QVERIFY(plan_within(*budget.outlook(), zones.minimum));
    }

    void keepsWhatWasMeasuredWhereThePlanStays()
    {
        BudgetModel budget;
        look(budget, "/fake/demo");
        budget.beginRun(budget.plan());
        for (const StagePlan& stage : budget.plan().stages)
            budget.setMeasured(keyOf(stage), {stage.predicted_peak_bytes, stage.predicted_peak_bytes, true});
        budget.endRun();
        QCOMPARE(budget.measured().size(), std::size_t(3));

        // After the run the prompt's embeddings are at hand: the next plan needs no text encoder.
        PlanOutlook next = *budget.outlook();
        StagePlan& text = next.stages.front().exact.front();
        text.weights = {.residency = memory::Residency::NotLoaded};
        text.predicted_peak_bytes = 0;
        next.stages.front().exact.resize(1);
        budget.setOutlook(requestOf("/fake/demo"), next);
        QCOMPARE(budget.plan().stages.front().weights.residency, memory::Residency::NotLoaded);
        QCOMPARE(budget.measured().size(), std::size_t(3));

        for (StagePlan& denoise : next.stages[1].exact) denoise.predicted_peak_bytes += 1;
        budget.setOutlook(requestOf("/fake/demo"), next);
        QVERIFY(!budget.measured().contains({Stage::Denoise, "transformer"}));
        QVERIFY(budget.measured().contains({Stage::Decode, "vae"}));
    }

    void aSmallModelGetsAShortTrack()
    {
        BudgetModel budget;
        look(budget, "/fake/demo");
        QVERIFY(budget.zones().end < kGiB);
        QVERIFY(budget.zones().end > budget.zones().fastestFrom * 3 / 2);
    }

    void aModelThatNeedsMoreThanTheDeviceHasStillShowsItsMinimum()
    {
        BudgetModel budget;
        GenerateRequest request = requestOf("/fake/wan");
        PlanOutlook outlook = *test::FakeEngine().outlook(request);
        outlook.device_bytes = kGiB;
        outlook.others_bytes = 0;
        outlook.auto_budget_bytes = kGiB / 2;
        budget.setOutlook(request, outlook);
        QVERIFY(!budget.fits());
        QVERIFY(budget.zones().end > budget.zones().minimum);
        for (const RemedyOffer& offer : remedyOffers(budget, {})) {
            QVERIFY(offer.kind != RemedyOffer::Kind::RaiseBudget && offer.kind != RemedyOffer::Kind::Automatic);
        }
    }

    void belowTheMinimumThePlanOfTheMinimumIsShown()
    {
        BudgetModel budget;
        look(budget, "/fake/wan");
        budget.setBudget(kMiB);
        QVERIFY(!budget.fits());
        QVERIFY(budget.peakBytes() <= budget.zones().minimum);
        QCOMPARE(budget.plan().stages.size(), std::size_t(3));
        QVERIFY(budget.offers().empty());
    }

    void offersAreFasterAndEndWithTheFastest()
    {
        BudgetModel budget;
        look(budget, "/fake/wan");
        budget.setBudget(3 * kGiB);
        const auto offers = budget.offers();
        QCOMPARE(offers.size(), std::size_t(2));
        QVERIFY(offers[0].moreBytes > 0 && offers[0].fewerSeconds > 0 && offers[1].fewerSeconds > offers[0].fewerSeconds);
        QCOMPARE(offers[1].point.budget_bytes, budget.zones().fastestFrom);
        QVERIFY(!offers[0].change.isEmpty());
        budget.setBudget(20 * kGiB);
        QVERIFY(budget.offers().empty());
    }

    void remediesAreRankedAndOnlyThoseThatHelp()
    {
        BudgetModel budget;
        look(budget, "/fake/wan");
        QVERIFY(remedyOffers(budget, {}).empty());
        budget.setBudget(std::int64_t(1.9 * double(kGiB)));
        Pins pins;
        pins.guidance = GuidanceOrder::Batched;
        const auto offers = remedyOffers(budget, pins);
        QVERIFY(offers.size() >= 3 && offers.size() <= kMostRemedyOffers);
        QVERIFY(offers[0].kind == RemedyOffer::Kind::RaiseBudget && offers[0].budgetBytes >= budget.zones().minimum);
        QVERIFY(offers[1].kind == RemedyOffer::Kind::Automatic);
        QVERIFY(offers[2].kind == RemedyOffer::Kind::Unpin);
        for (const RemedyOffer& offer : offers) {
            if (offer.kind == RemedyOffer::Kind::ChangeClip) QVERIFY(offer.remedy.minimum_budget_bytes <= budget.budgetBytes());
        }
    }

    void sizesReadWell()
    {
        QCOMPARE(byteText(8 * kGiB), QStringLiteral("8.0 GiB"));
        QCOMPARE(byteText(700 * kMiB), QStringLiteral("700 MiB"));
        QCOMPARE(byteText(3 * kMiB / 2), QStringLiteral("1.5 MiB"));
        QCOMPARE(byteText(0), QStringLiteral("0 MiB"));
        QCOMPARE(byteText(1), QStringLiteral("< 0.1 MiB"));
        QCOMPARE(byteText(kGiB - 1), QStringLiteral("1.0 GiB"));
        QCOMPARE(byteText(7 * kGiB, 8 * kGiB), QStringLiteral("7.0 of 8.0 GiB"));
        QCOMPARE(byteText(512 * kMiB, 8 * kGiB), QStringLiteral("512 MiB of 8.0 GiB"));
        QCOMPARE(exactByteText(1234567), QStringLiteral("1234567 bytes"));
    }

    void durationsAreAsExactAsAForecast_data()
    {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("a blink") << 0.34 << QStringLiteral("about 0.3 s");
        QTest::newRow("seconds") << 7.6 << QStringLiteral("about 8 s");
        QTest::newRow("fives") << 42.0 << QStringLiteral("about 40 s");
        QTest::newRow("nearly a minute") << 58.0 << QStringLiteral("about 1 min");
        QTest::newRow("tens") << 183.0 << QStringLiteral("about 3 min");
        QTest::newRow("minutes and tens") << 213.0 << QStringLiteral("about 3 min 30 s");
        QTest::newRow("minutes") << 1540.0 << QStringLiteral("about 26 min");
        QTest::newRow("hours") << 4100.0 << QStringLiteral("about 1 h 08 min");
    }

    void durationsAreAsExactAsAForecast()
    {
        QFETCH(double, seconds);
        QFETCH(QString, text);
        QCOMPARE(aboutText(seconds), text);
    }

    void predictedIsHeldAgainstMeasured()
    {
        StagePlan stage = stage_of(Stage::Denoise, "transformer");
        QCOMPARE(peakText(stage, nullptr), QStringLiteral("–"));
        stage.predicted_peak_bytes = 10 * kGiB;
        QCOMPARE(peakText(stage, nullptr), QStringLiteral("10.0 GiB"));
        const StageMeasure running{4 * kGiB, 0, false}, ended{11 * kGiB, 10 * kGiB, true}, unplanned{3 * kGiB, 0, true};
        QCOMPARE(peakText(stage, &running), QStringLiteral("4.0 of 10.0 GiB"));
        QCOMPARE(peakText(stage, &ended), QStringLiteral("10.0 → 11.0 GiB (+10 %)"));
        QCOMPARE(peakText(stage, &unplanned), QStringLiteral("3.0 GiB"));
    }

    void saysWhatIsReadAheadAndWhatIsThere()
    {
        StagePlan stage = stage_of(Stage::Denoise, "transformer_2");
        QCOMPARE(strategyText(stage, false), QStringLiteral("loaded per stage"));
        stage.prefetch = Prefetch::Ahead;
        QCOMPARE(strategyText(stage, false), QStringLiteral("loaded per stage · its files read ahead"));
        stage.prefetch = Prefetch::NoRoom;
        QVERIFY(
            strategyText(stage, false).contains(QStringLiteral("not read ahead: too little of the computer's memory is free")));
        stage.prefetch = Prefetch::None;
        stage.weights.residency = memory::Residency::WholeRun;
        stage.kept_before = true;
        QCOMPARE(strategyText(stage, false), QStringLiteral("kept loaded · there from the run before"));
    }

    void everyPinComesBack()
    {
        QTemporaryDir folder;
        SettingsStore settings(folder.filePath(QStringLiteral("settings.ini")));
        Pins pins;
        pins.denoiser_residency = memory::Residency::Streamed;
        pins.resident_blocks = 12;
        pins.text_residency = memory::Residency::OnHost;
        pins.guidance = GuidanceOrder::Interleaved;
        pins.token_rows = 4096;
        pins.head_groups = 2;
        pins.vae = VaeMethod::Tiles;
        pins.strips = 3;
        pins.tiles = TileGeometry{384, 256, 288, 192};
        pins.cache = CachePlace::Host;
        pins.slicing = Slicing::Off;
        pins.latents_per_chunk = 2;
        rememberPins(settings, pins);
        const Pins back = rememberedPins(settings);
        QCOMPARE(back.denoiser_residency, pins.denoiser_residency);
        QCOMPARE(back.resident_blocks, pins.resident_blocks);
        QCOMPARE(back.text_residency, pins.text_residency);
        QCOMPARE(back.guidance, pins.guidance);
        QCOMPARE(back.token_rows, pins.token_rows);
        QCOMPARE(back.head_groups, pins.head_groups);
        QCOMPARE(back.vae, pins.vae);
        QCOMPARE(back.strips, pins.strips);
        QCOMPARE(back.tiles, pins.tiles);
        QCOMPARE(back.cache, pins.cache);
        QCOMPARE(back.slicing, pins.slicing);
        QCOMPARE(back.latents_per_chunk, pins.latents_per_chunk);
        rememberPins(settings, {});
        QVERIFY(!hasPins(rememberedPins(settings)));
    }

    void damagedSettingsPinNothing()
    {
        QTemporaryDir folder;
        SettingsStore settings(folder.filePath(QStringLiteral("settings.ini")));
        settings.set(keys::kPins,
                     QStringList{"guidance=sideways", "resident_blocks=-3", "strips=many", "tiles=0x9x9x9", "", "=", "x"});
        QVERIFY(!hasPins(rememberedPins(settings)));
        settings.set(keys::kBudgets, QStringList{"cpu=lots", "cuda:0=-5"});
        QVERIFY(!rememberedBudget(settings, "cpu"));
        QVERIFY(!rememberedBudget(settings, "cuda:0"));
    }

    void everyChoicePinsItsDecisionAndCanBeTakenBack()
    {
        for (const PinnableDecision& decision : pinnableDecisions()) {
            QVERIFY2(decision.choices.size() >= 2, decision.objectName);
            for (const PinChoice& choice : decision.choices) {
                Pins pins;
                choice.pin(pins);
                QVERIFY2(decision.isPinned(pins), qPrintable(choice.text));
                QVERIFY(!choice.text.isEmpty());
                decision.unpin(pins);
                QVERIFY2(!hasPins(pins), qPrintable(choice.text));
            }
        }
    }
};

QTEST_MAIN(TestBudgetModel)
#include "test_budget_model.moc"

#include <QtTest>

#include "core/base/byte_size.h"
#include "core/planner/remedies.h"

using namespace headroom;

namespace {

constexpr NumberRule kSizes{.minimum = 16, .maximum = 4096, .step = 16, .offset = 0};
constexpr NumberRule kFrames{.minimum = 1, .maximum = 4093, .step = 4, .offset = 1};

RemedyFacts clip()
{
    return {.width = 832, .height = 480, .frames = 81, .width_rule = kSizes, .height_rule = kSizes, .frames_rule = kFrames};
}

/// A decoder that needs 1 KiB a pixel, a quarter of it in tiles, and a denoiser that needs 20 bytes a pixel and frame.
Result<PlanOutlook> outlook_of(const RequestChange& change)
{
    const std::int64_t pixels = std::int64_t(change.width) * change.height;
    StagePlan denoise = stage_of(Stage::Denoise, "transformer");
    denoise.predicted_peak_bytes = pixels * change.frames * 20;
    StagePlan decode = stage_of(Stage::Decode, "vae");
    decode.predicted_peak_bytes = pixels * 1024 / (change.approximate ? 4 : 1);
    decode.exact = !change.approximate;
    PlanOutlook outlook;
    outlook.stages.push_back({.exact = {denoise}, .approximate = {}});
    outlook.stages.emplace_back();
    (decode.exact ? outlook.stages[1].exact : outlook.stages[1].approximate).push_back(decode);
    return outlook;
}

}  // namespace

class TestRemedies : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsTheMostFramesAndTheLargestSize()
    {
        const std::int64_t budget = 832 * 480 * 1100;  // 55 frames would fit; legal are 53
        const auto remedies = find_remedies(clip(), budget, outlook_of).value();
        QCOMPARE(remedies.size(), std::size_t(2));

        // More of the clip is left with 53 of 81 frames than with 672x384, the largest of about this shape that fits.
        QCOMPARE(remedies[0].frames, 53);
        QCOMPARE(remedies[0].width, 0);
        QVERIFY(remedies[0].sentence.starts_with("53 frames instead of 81 need "));
        QCOMPARE(remedies[1].width, 672);
        QCOMPARE(remedies[1].height, 384);
        QCOMPARE(remedies[1].frames, 0);
        QVERIFY(remedies[1].minimum_budget_bytes <= budget);
        QVERIFY(remedies[1].sentence.starts_with("672x384 instead of 832x480 needs "));
    }

    void offersWaysThatChangePixelsWherePinsForbidThem()
    {
        RemedyFacts facts = clip();
        facts.frames = 9;
        const std::int64_t budget = 832 * 480 * 300;  // the decoder needs 1024 a pixel, 256 in tiles
        QCOMPARE(find_remedies(facts, budget, outlook_of)->size(), std::size_t(1));
        facts.vae_pinned_exact = true;
        const auto remedies = find_remedies(facts, budget, outlook_of).value();
        QCOMPARE(remedies.size(), std::size_t(2));
        QVERIFY(remedies[0].approximate);  // all of the clip is left
        QCOMPARE(remedies[0].frames, 0);
        QVERIFY(!remedies[1].approximate);
        QVERIFY(remedies[1].width > 0 && remedies[1].width < 832);
    }

    void findsNothingWhereNothingHelps()
    {
        QVERIFY(find_remedies(clip(), 1000, outlook_of)->empty());
        RemedyFacts smallest = clip();
        smallest.width = smallest.height = 16;
        smallest.frames = 1;
        QVERIFY(find_remedies(smallest, 1000, outlook_of)->empty());
    }

    void asksForFewOutlooks()
    {
        int asked = 0;
        QVERIFY(find_remedies(clip(), 832 * 480 * 1100, [&](const RequestChange& change) {
                    ++asked;
                    return outlook_of(change);
                }).has_value());
        QVERIFY2(asked <= 12, qPrintable(QString::number(asked)));
    }

    void handsErrorsOn()
    {
        const auto failing = [](const RequestChange&) -> Result<PlanOutlook> { return fail(ErrorCode::BadModel, "no config"); };
        QCOMPARE(find_remedies(clip(), kGiB, failing).error().message, std::string("no config"));
    }
};

QTEST_APPLESS_MAIN(TestRemedies)
#include "test_remedies.moc"

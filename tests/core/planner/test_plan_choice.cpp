#include <QtTest>

#include <nlohmann/json.hpp>

#include "core/engine/plan_choice.h"
#include "core/engine/plan_json.h"
#include "synthetic_model.h"

using namespace headroom;
using memory::Residency;

namespace {

StagePlan way(Stage stage, std::int64_t peak, double seconds, memory::WeightPlan weights = {})
{
    StagePlan plan = stage_of(stage, "component");
    plan.predicted_peak_bytes = peak;
    plan.predicted_seconds = seconds;
    plan.weights = weights;
    plan.blocks = 40;
    return plan;
}

StagePlan tiles(std::int64_t peak, double seconds)
{
    StagePlan plan = way(Stage::Decode, peak, seconds);
    plan.vae.method = VaeMethod::Tiles;
    plan.exact = false;
    return plan;
}

memory::WeightPlan streamed(int resident)
{
    return {.residency = Residency::Streamed, .resident_blocks = resident};
}

/// A denoiser of 2, 5 and 9 GiB, a decoder of 3 GiB, or 1 GiB in tiles.
PlanOutlook two_stages()
{
    PlanOutlook outlook;
    outlook.device = "cuda:0";
    outlook.dtype = ComputeDtype::BFloat16;
    outlook.stages.push_back({.exact = {way(Stage::Denoise, 2 * kGiB, 100, streamed(0)),
                                        way(Stage::Denoise, 5 * kGiB, 76, streamed(12)), way(Stage::Denoise, 9 * kGiB, 75.5)},
                              .approximate = {}});
    outlook.stages.push_back({.exact = {way(Stage::Decode, 3 * kGiB, 20)}, .approximate = {tiles(kGiB, 40)}});
    return outlook;
}

}  // namespace

class TestPlanChoice : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesTheFastestInsideTheBudget_data()
    {
        QTest::addColumn<qint64>("budget");
        QTest::addColumn<double>("denoise_seconds");
        QTest::addColumn<bool>("exact");
        QTest::newRow("the least") << qint64(2 * kGiB) << 100.0 << false;
        QTest::newRow("exact from here") << qint64(3 * kGiB) << 100.0 << true;
        QTest::newRow("just below") << qint64(5 * kGiB - 1) << 100.0 << true;
        QTest::newRow("just enough") << qint64(5 * kGiB) << 76.0 << true;
        QTest::newRow("plenty") << qint64(50 * kGiB) << 75.5 << true;
    }
    void takesTheFastestInsideTheBudget()
    {
        QFETCH(qint64, budget);
        QFETCH(double, denoise_seconds);
        QFETCH(bool, exact);
        const Plan plan = plan_within(two_stages(), budget).value();
        QCOMPARE(plan.device, std::string("cuda:0"));
        QCOMPARE(plan.dtype, ComputeDtype::BFloat16);
        QCOMPARE(plan.stages[0].predicted_seconds, denoise_seconds);
        QCOMPARE(plan.stages[1].exact, exact);
    }

    void tellsSizesApartThatLookAlike()
    {
        PlanOutlook outlook = two_stages();
        const std::int64_t least = kGiB * 21 / 10;
        outlook.stages[0].exact.front().predicted_peak_bytes = least;
        const auto refused = plan_within(outlook, least - 1);
        QVERIFY(!refused.has_value());
        QVERIFY2(refused.error().message.starts_with(
                     fmt::format("{} bytes are too little: the denoiser needs at least {} bytes. Give", least - 1, least)),
                 refused.error().message.c_str());
        QVERIFY(plan_within(outlook, 1).error().message.starts_with("1 byte is too little"));
    }

    void refusesWithTheSmallestBudgetAndWhatHelps()
    {
        PlanOutlook outlook = two_stages();
        outlook.stages[0].exact.front().predicted_peak_bytes = 2 * kGiB + 1;
        auto refused = plan_within(outlook, kGiB + kGiB / 2);
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::DoesNotFit);
        QCOMPARE(refused.error().message, std::string("1.5 GiB are too little: the denoiser needs at least 2.1 GiB. Give a "
                                                      "budget of 2.1 GiB or more, or ask for fewer frames or a smaller size"));
        outlook.remedies.push_back(
            {.sentence = "9 frames instead of 81 need 1.9 GiB", .frames = 9, .minimum_budget_bytes = kGiB * 19 / 10});
        outlook.remedies.push_back(
            {.sentence = "5 frames instead of 81 need 1.2 GiB", .frames = 5, .minimum_budget_bytes = kGiB * 12 / 10});
        refused = plan_within(outlook, kGiB + kGiB / 2);
        QVERIFY(
            refused.error().message.ends_with("2.1 GiB or more. This would help as well: 5 frames instead of 81 need 1.2 GiB"));
    }

    void neededSizesAreNeverTooSmall_data()
    {
        QTest::addColumn<qint64>("size_bytes");
        for (const qint64 size : {qint64(1), qint64(kMiB), qint64(kMiB) + 1, qint64(kGiB) - 1, qint64(kGiB), qint64(kGiB) + 1,
                                  qint64(5'555'555'555)}) {
            QTest::addRow("%lld bytes", static_cast<long long>(size)) << size;
        }
    }
    void neededSizesAreNeverTooSmall()
    {
        QFETCH(qint64, size_bytes);
        const std::string text = format_needed_size(size_bytes);
        if (size_bytes < kMiB) {
            QCOMPARE(text, std::string("1 byte"));
            return;
        }
        const auto parsed = parse_byte_size(text);
        QVERIFY(parsed.has_value());
        QVERIFY(*parsed >= size_bytes);
        QVERIFY(*parsed <= size_bytes + kGiB / 10 + 1);
    }

    void knowsTheMinima()
    {
        PlanOutlook outlook = two_stages();
        QCOMPARE(minimum_budget_bytes(outlook), 2 * kGiB);
        QCOMPARE(minimum_budget_bytes(outlook, true), 3 * kGiB);
        outlook.stages[1].exact.clear();
        QCOMPARE(minimum_budget_bytes(outlook, true), std::int64_t(0));
        QCOMPARE(minimum_budget_bytes(outlook), 2 * kGiB);
    }

    void leavesOutWhatTheComputersMemoryCantTake()
    {
        PlanOutlook outlook = two_stages();
        outlook.host_free_bytes = kGiB;
        outlook.stages[0].exact[1].predicted_host_bytes = 2 * kGiB;
        QCOMPARE(plan_within(outlook, 6 * kGiB)->stages[0].predicted_seconds, 100.0);
        for (StagePlan& each : outlook.stages[0].exact) each.predicted_host_bytes = 3 * kGiB;
        const auto refused = plan_within(outlook, 6 * kGiB);
        QCOMPARE(refused.error().code, ErrorCode::DoesNotFit);
        QCOMPARE(refused.error().message,
                 std::string(
                     "The denoiser needs 3.0 GiB of the computer's memory besides the device, and 1.0 GiB are free: close other "
                     "programs, or ask for fewer frames or a smaller size"));
    }

    /// The second transformer's files are read while the first computes, where the computer's memory has room for them beside all
    /// that is in use.
    void fetchesTheSecondTransformerAheadWhereItFits_data()
    {
        QTest::addColumn<QString>("device");
        QTest::addColumn<bool>("first_streams");
        QTest::addColumn<qint64>("host_free_bytes");
        QTest::addColumn<Prefetch>("prefetch");
        const auto row = [](const char* name, const char* device, bool first_streams, std::int64_t host_free_bytes,
                            Prefetch prefetch) {
            QTest::newRow(name) << device << first_streams << qint64(host_free_bytes) << prefetch;
        };
        row("unknown memory", "cuda:0", true, 0, Prefetch::Ahead);
        row("room on the host", "cuda:0", false, 5 * kGiB, Prefetch::Ahead);
        row("a byte too little", "cuda:0", false, 5 * kGiB - 1, Prefetch::NoRoom);
        row("the first is read again and again", "cuda:0", true, 8 * kGiB, Prefetch::NoRoom);
        row("room for both", "cuda:0", true, 9 * kGiB, Prefetch::Ahead);
        row("the device is the host", "cpu", false, 9 * kGiB, Prefetch::NoRoom);
        row("a large host", "cpu", false, 10 * kGiB, Prefetch::Ahead);
    }
    void fetchesTheSecondTransformerAheadWhereItFits()
    {
        QFETCH(QString, device);
        QFETCH(bool, first_streams);
        QFETCH(qint64, host_free_bytes);
        QFETCH(Prefetch, prefetch);
        PlanOutlook outlook;
        outlook.device = device.toStdString();
        outlook.host_free_bytes = host_free_bytes;
        for (const char* component : {"transformer", "transformer_2"}) {
            StagePlan stage = way(Stage::Denoise, 6 * kGiB, 100, first_streams ? streamed(3) : memory::WeightPlan{});
            stage.component = component;
            stage.file_bytes = 4 * kGiB;
            stage.predicted_host_bytes = device == QLatin1String("cpu") ? 0 : kGiB;
            outlook.stages.push_back({.exact = {stage}, .approximate = {}});
        }
        outlook.stages.push_back({.exact = {way(Stage::Decode, kGiB, 20)}, .approximate = {}});
        Plan plan = plan_within(outlook, 8 * kGiB).value();
        QCOMPARE(plan.stages[0].prefetch, Prefetch::None);
        QCOMPARE(plan.stages[1].prefetch, prefetch);
        QCOMPARE(plan.stages[2].prefetch, Prefetch::None);
        const std::string json = plan_stages_json(plan).dump();
        QVERIFY2(
            json.find(prefetch == Prefetch::Ahead ? "\"fetched_ahead\":true" : "\"fetched_ahead\":false") != std::string::npos,
            json.c_str());
        outlook.stages[1].exact.front().kept_before = true;
        QCOMPARE(plan_within(outlook, 8 * kGiB)->stages[1].prefetch, Prefetch::None);
    }

    void marksWhereThePlanChanges()
    {
        const auto points = breakpoints(two_stages());
        QCOMPARE(points.size(), std::size_t(4));
        for (std::size_t i = 1; i < points.size(); ++i) QCOMPARE(points[i].seconds_before, points[i - 1].seconds);
        QCOMPARE(points[0].budget_bytes, 2 * kGiB);
        QCOMPARE(points[0].kind, BreakpointKind::Minimum);
        QCOMPARE(points[0].what, std::string("the least that works"));
        QVERIFY(!points[0].exact);
        QCOMPARE(points[0].seconds, 140.0);
        QCOMPARE(points[1].budget_bytes, 3 * kGiB);
        QCOMPARE(points[1].kind, BreakpointKind::ExactFromHere);
        QVERIFY(points[1].exact);
        QCOMPARE(points[1].seconds, 120.0);
        QCOMPARE(points[1].seconds_before, 140.0);
        QCOMPARE(points[1].change, std::string("the decoder keeps all of its 40 blocks, in whole frames"));
        QCOMPARE(points[2].budget_bytes, 5 * kGiB);
        QCOMPARE(points[2].kind, BreakpointKind::NothingFaster);  // 96 seconds against 95.5
        QCOMPARE(points[2].change, std::string("the denoiser keeps 12 of its 40 blocks and streams the others"));
        QCOMPARE(points[3].budget_bytes, 9 * kGiB);
        QCOMPARE(points[3].kind, BreakpointKind::StreamingStops);
        QCOMPARE(points[3].what, std::string("streaming stops"));
        QVERIFY(breakpoints({}).empty());
    }

    void breakpointsAreExactlyWherePlansDiffer()
    {
        const PlanOutlook outlook = test::complete_outlook(test::card_facts(), {});
        const auto points = breakpoints(outlook);
        QVERIFY(points.size() > 10);
        QCOMPARE(points.front().budget_bytes, minimum_budget_bytes(outlook));
        const auto same = [](const Plan& left, const Plan& right) {
            for (std::size_t i = 0; i < left.stages.size(); ++i) {
                const StagePlan &a = left.stages[i], &b = right.stages[i];
                if (!(a.weights == b.weights && a.denoise == b.denoise && a.vae == b.vae)) return false;
            }
            return true;
        };
        for (std::size_t i = 1; i < points.size(); ++i) {
            const Plan at = plan_within(outlook, points[i].budget_bytes).value();
            const Plan below = plan_within(outlook, points[i].budget_bytes - 1).value();
            const Plan before = plan_within(outlook, points[i - 1].budget_bytes).value();
            QVERIFY(!same(at, below));
            QVERIFY(same(below, before));
        }
        int stops = 0;
        for (const PlanBreakpoint& point : points) stops += point.kind == BreakpointKind::StreamingStops;
        QVERIFY(stops <= 1);
    }

    void saysWhy_data()
    {
        QTest::addColumn<qint64>("budget");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("tiles") << qint64(2 * kGiB)
                               << "The decoder keeps all of its 40 blocks, in tiles of 256x256 (≈), which changes pixels, since "
                                  "the smallest exact way needs 3.0 GiB: "
                                  "1.0 GiB more would make it exact.";
        QTest::newRow("streams") << qint64(4 * kGiB)
                                 << "The denoiser streams all of its 40 blocks; 1.0 GiB more would keep 12 blocks there: the run "
                                    "would take 20 % less time.";
        QTest::newRow("hardly faster") << qint64(5 * kGiB)
                                       << "The denoiser keeps 12 of its 40 blocks and streams the others: more memory would make "
                                          "the run less than 1 % faster.";
        QTest::newRow("fastest") << qint64(9 * kGiB) << "Every stage runs in its fastest way: more memory would change nothing.";
    }
    void saysWhy()
    {
        QFETCH(qint64, budget);
        QFETCH(QString, sentence);
        const PlanOutlook outlook = two_stages();
        QCOMPARE(QString::fromStdString(why(plan_within(outlook, budget).value(), outlook)), sentence);
    }

    void namesTheNextCheaperWay()
    {
        const PlanOutlook outlook = two_stages();
        const auto next = next_cheaper(outlook, outlook.stages[0], outlook.stages[0].exact[2]);
        QCOMPARE(next->predicted_peak_bytes, 5 * kGiB);
        QVERIFY(!next_cheaper(outlook, outlook.stages[0], outlook.stages[0].exact[0]).has_value());
        const auto approximate = next_cheaper(outlook, outlook.stages[1], outlook.stages[1].exact[0]);
        QVERIFY(approximate.has_value() && !approximate->exact);
        QVERIFY(!next_cheaper(outlook, outlook.stages[1], *approximate).has_value());
    }
};

QTEST_APPLESS_MAIN(TestPlanChoice)
#include "test_plan_choice.moc"

#include <random>

#include <QtTest>

#include "core/engine/plan_choice.h"
#include "synthetic_model.h"

using namespace headroom;
using memory::Residency;

namespace {

std::int64_t sum_of(const std::vector<MemoryPart>& parts)
{
    std::int64_t sum = 0;
    for (const MemoryPart& part : parts) sum += part.size_bytes;
    return sum;
}

/// What is wrong with choices, empty when nothing is: peaks rise, seconds fall, parts add up.
QString fault_of(const std::vector<StagePlan>& ways)
{
    for (std::size_t i = 0; i < ways.size(); ++i) {
        if (sum_of(ways[i].parts) != ways[i].predicted_peak_bytes) return "the parts don't add up to the peak";
        if (i == 0) continue;
        if (ways[i].predicted_peak_bytes <= ways[i - 1].predicted_peak_bytes) return "peaks don't rise";
        if (ways[i].predicted_seconds >= ways[i - 1].predicted_seconds) return "seconds don't fall";
    }
    return ways.size() > 48 ? "too many" : "";
}

SearchFacts random_facts(std::mt19937& generator, const test::SyntheticModel& model)
{
    SearchFacts facts = test::card_facts();
    facts.tokens = model.tokens;
    facts.device_is_host = generator() % 2 == 0;
    if (facts.device_is_host) facts.device_rates = test::cpu_rates();
    if (!facts.device_is_host)
        facts.card = {
            .context_bytes = 500 * kMiB, .workspace_bytes = 20 * kMiB, .allocator_bytes = 64 * kMiB, .allocator_share = 0.03};
    facts.passes = generator() % 3 == 0 ? 1 : 2;
    facts.heads = std::vector{0, 1, 12, 40}[generator() % 4];
    if (generator() % 4 == 0) facts.cached_encoders = {{"text_encoder", 4000}};
    return facts;
}

PlanSearch search_of(const SearchFacts& facts, const Forecaster& forecaster)
{
    return std::move(PlanSearch::create(facts, test::chain(), forecaster).value());
}

}  // namespace

class TestPlanSearch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsFrontiersOfRandomModels()
    {
        std::mt19937 generator(11);
        for (int round = 0; round < 40; ++round) {
            const auto model = test::SyntheticModel::random(generator);
            const PlanOutlook outlook = test::complete_outlook(random_facts(generator, model), model);
            QCOMPARE(outlook.stages.size(), std::size_t(3));
            for (const StageChoices& choices : outlook.stages) {
                QVERIFY(!choices.exact.empty());
                for (const auto* ways : {&choices.exact, &choices.approximate})
                    QVERIFY2(fault_of(*ways).isEmpty(), qPrintable(fault_of(*ways)));
                QVERIFY(std::ranges::all_of(choices.exact, &StagePlan::exact));
                QVERIFY(std::ranges::none_of(choices.approximate, &StagePlan::exact));
            }
        }
    }

    void plansOfRandomModelsKeepEveryBudget()
    {
        std::mt19937 generator(12);
        for (int round = 0; round < 40; ++round) {
            const auto model = test::SyntheticModel::random(generator);
            const PlanOutlook outlook = test::complete_outlook(random_facts(generator, model), model);
            const std::int64_t minimum = minimum_budget_bytes(outlook);
            const auto refused = plan_within(outlook, minimum - 1);
            QVERIFY(!refused.has_value());
            QCOMPARE(refused.error().code, ErrorCode::DoesNotFit);
            std::int64_t peak = 0;
            double seconds = 1e300;
            bool was_exact = false;
            for (std::int64_t budget = minimum; budget < 60 * kGiB; budget += std::max<std::int64_t>(budget / 15, 1)) {
                const auto plan = plan_within(outlook, budget);
                QVERIFY(plan.has_value());
                QCOMPARE(plan->budget_bytes, budget);
                QVERIFY(plan->predicted_peak_bytes() <= budget);
                QVERIFY(plan->predicted_peak_bytes() >= peak);
                const bool exact = std::ranges::all_of(plan->stages, &StagePlan::exact);
                if (exact == was_exact) QVERIFY(plan->predicted_seconds() <= seconds);
                QVERIFY(exact || !was_exact);
                peak = plan->predicted_peak_bytes();
                seconds = plan->predicted_seconds();
                was_exact = exact;
            }
        }
    }

    void settlingSaysTheSameOfItsBudgetWithFewerDryRuns()
    {
        std::mt19937 generator(13);
        for (int round = 0; round < 25; ++round) {
            const auto model = test::SyntheticModel::random(generator);
            const SearchFacts facts = random_facts(generator, model);
            PlanSearch full = search_of(facts, test::forecaster(model));
            QVERIFY(full.complete().has_value());
            const std::int64_t minimum = minimum_budget_bytes(full.outlook());
            for (const double factor : {0.9, 1.0, 1.3, 2.0, 6.0}) {
                const auto budget = std::int64_t(double(minimum) * factor);
                PlanSearch search = search_of(facts, test::forecaster(model));
                QVERIFY(search.settle(budget).has_value());
                QVERIFY(search.dry_runs() <= full.dry_runs() + 6);
                const auto plan = plan_within(search.outlook(), budget);
                QCOMPARE(plan.has_value(), factor >= 1);
                if (!plan) continue;
                QVERIFY(plan->predicted_peak_bytes() <= budget);
                const Plan best = plan_within(full.outlook(), budget).value();
                for (std::size_t i = 0; i < best.stages.size(); ++i) QCOMPARE(plan->stages[i].exact, best.stages[i].exact);
                QVERIFY2(plan->predicted_seconds() <= 1.1 * best.predicted_seconds(),
                         qPrintable(QString("%1 against %2").arg(plan->predicted_seconds()).arg(best.predicted_seconds())));
                QVERIFY(search.complete().has_value());
                QVERIFY(std::abs(plan_within(search.outlook(), budget).value().predicted_seconds() - best.predicted_seconds()) <=
                        0.05 * best.predicted_seconds());
            }
        }
    }

    void aLargeBudgetNeedsOneDryRunAStage()
    {
        PlanSearch search = search_of(test::card_facts(), test::forecaster({}));
        QVERIFY(search.settle(80 * kGiB).has_value());
        QCOMPARE(search.dry_runs(), 3);
        const Plan plan = plan_within(search.outlook(), 80 * kGiB).value();
        for (const StagePlan& stage : plan.stages) QCOMPARE(stage.weights.residency, Residency::WhileStageRuns);
        QCOMPARE(plan.stages[1].denoise, DenoisePlan{});
        QCOMPARE(plan.stages[2].vae, VaePlan{});
        QCOMPARE(plan.stages[1].blocks, 40);
        QVERIFY(search.settle(79 * kGiB).has_value());
        QCOMPARE(search.dry_runs(), 3);
    }

    void cachedEmbeddingsNeedNoDryRun()
    {
        SearchFacts facts = test::card_facts();
        facts.cached_encoders = {{"text_encoder", 4000}};
        PlanSearch search = search_of(facts, test::forecaster({}));
        QVERIFY(search.complete().has_value());
        const PlanOutlook outlook = search.outlook();
        QCOMPARE(outlook.stages[0].exact.size(), std::size_t(1));
        QCOMPARE(outlook.stages[0].exact[0].weights.residency, Residency::NotLoaded);
        QCOMPARE(outlook.stages[0].exact[0].predicted_peak_bytes, std::int64_t(4000));
    }

    void theContextCountsInEveryStage()
    {
        SearchFacts facts = test::card_facts();
        const std::int64_t without = minimum_budget_bytes(test::complete_outlook(facts, {}));
        facts.card.context_bytes = 600 * kMiB;
        const PlanOutlook outlook = test::complete_outlook(facts, {});
        QCOMPARE(minimum_budget_bytes(outlook), without + 600 * kMiB);
        QCOMPARE(outlook.stages[0].exact.front().weights.residency, Residency::OnHost);
        QCOMPARE(outlook.stages[0].exact.front().predicted_peak_bytes, 600 * kMiB);
        QCOMPARE(outlook.stages[2].exact.front().parts.back().kind, MemoryKind::Context);
    }

    void librariesAndTheAllocatorTakeTheirPart()
    {
        SearchFacts facts = test::card_facts();
        const std::int64_t without = minimum_budget_bytes(test::complete_outlook(facts, {}));
        facts.card = {.workspace_bytes = 20 * kMiB, .allocator_bytes = 64 * kMiB};
        QCOMPARE(minimum_budget_bytes(test::complete_outlook(facts, {})), without + 84 * kMiB);
        facts.workspaces[{Stage::Decode, "vae"}] = 10 * kMiB;  // less than the libraries' own: changes nothing
        QCOMPARE(minimum_budget_bytes(test::complete_outlook(facts, {})), without + 84 * kMiB);
        for (const auto& [stage, component] : {std::pair{Stage::Decode, "vae"}, std::pair{Stage::Denoise, "transformer"}}) {
            facts.workspaces[{stage, component}] = 120 * kMiB;
        }
        QCOMPARE(minimum_budget_bytes(test::complete_outlook(facts, {})), without + 184 * kMiB);
        facts.card.allocator_share = 0.05;
        QVERIFY(minimum_budget_bytes(test::complete_outlook(facts, {})) > without + 184 * kMiB);
    }

    void pinsAreKept_data()
    {
        QTest::addColumn<int>("pin");
        for (int pin = 0; pin < 7; ++pin) QTest::addRow("pin %d", pin) << pin;
    }
    void pinsAreKept()
    {
        QFETCH(int, pin);
        SearchFacts facts = test::card_facts();
        Pins& pins = facts.pins;
        std::function<bool(const Plan&)> kept;
        switch (pin) {
        case 0: pins.denoiser_residency = Residency::WhileStageRuns; break;
        case 1: pins.resident_blocks = 7; break;
        case 2: pins.text_residency = Residency::OnHost; break;
        case 3: pins.strips = 3; break;
        case 4: pins.vae = VaeMethod::Tiles; break;
        case 5: pins.cache = CachePlace::Host; break;
        default: pins.guidance = GuidanceOrder::Interleaved; break;
        }
        const PlanOutlook outlook = test::complete_outlook(facts, {});
        const std::vector<std::vector<StagePlan>> all = {outlook.stages[0].exact, outlook.stages[1].exact,
                                                         outlook.stages[2].exact, outlook.stages[2].approximate};
        for (const auto& ways : all) {
            for (const StagePlan& way : ways) {
                if (pin == 0 && way.stage == Stage::Denoise) QCOMPARE(way.weights.residency, Residency::WhileStageRuns);
                if (pin == 1 && way.stage == Stage::Denoise) QCOMPARE(way.weights.resident_blocks, 7);
                if (pin == 2 && way.stage == Stage::EncodeText) QCOMPARE(way.weights.residency, Residency::OnHost);
                if (pin == 3 && way.stage == Stage::Decode) QCOMPARE(way.vae.strips, 3);
                if (pin == 4 && way.stage == Stage::Decode) QVERIFY(!way.exact);
                if (pin == 5 && way.stage == Stage::Decode) QCOMPARE(way.vae.cache, CachePlace::Host);
                if (pin == 6 && way.stage == Stage::Denoise) QCOMPARE(way.denoise.guidance, GuidanceOrder::Interleaved);
            }
        }
        QVERIFY(plan_within(outlook, 40 * kGiB).has_value());
    }

    void refusesContradictoryPins()
    {
        SearchFacts facts = test::card_facts();
        facts.pins.strips = 4;
        facts.pins.vae = VaeMethod::Tiles;
        const auto search = PlanSearch::create(facts, test::chain(), test::forecaster({}));
        QVERIFY(!search.has_value());
        QCOMPARE(search.error().code, ErrorCode::Usage);
    }

    void weightsOfTheWholeRunCountInLaterStages()
    {
        SearchFacts facts = test::card_facts();
        facts.cached_encoders = {{"text_encoder", 4000}};
        facts.pins.denoiser_residency = Residency::WholeRun;
        const test::SyntheticModel model;
        const PlanOutlook outlook = test::complete_outlook(facts, model);
        facts.pins = {};
        const PlanOutlook free = test::complete_outlook(facts, model);
        QCOMPARE(outlook.stages[2].exact.front().predicted_peak_bytes,
                 free.stages[2].exact.front().predicted_peak_bytes + model.denoiser_blocks * model.denoiser_block_bytes);
        QVERIFY(fault_of(outlook.stages[2].exact).isEmpty());
    }

    /// What an earlier run left of a component lies there from the first stage on, and needs no reading.
    void keptWeightsCountInEveryStage()
    {
        SearchFacts facts = test::card_facts();
        facts.pins.denoiser_residency = Residency::WholeRun;
        const test::SyntheticModel model;
        const PlanOutlook before = test::complete_outlook(facts, model);
        const std::int64_t weights = model.denoiser_blocks * model.denoiser_block_bytes;
        facts.kept_bytes["transformer"] = weights;
        const PlanOutlook after = test::complete_outlook(facts, model);
        QCOMPARE(after.stages[0].exact.front().predicted_peak_bytes,
                 before.stages[0].exact.front().predicted_peak_bytes + weights);
        QCOMPARE(after.stages[1].exact.front().predicted_peak_bytes, before.stages[1].exact.front().predicted_peak_bytes);
        QCOMPARE(after.stages[2].exact.front().predicted_peak_bytes, before.stages[2].exact.front().predicted_peak_bytes);
        QVERIFY(after.stages[1].exact.back().predicted_seconds < before.stages[1].exact.back().predicted_seconds);
        for (const StagePlan& way : after.stages[1].exact) QVERIFY(way.kept_before);
        for (const StagePlan& way : before.stages[1].exact) QVERIFY(!way.kept_before);
        for (const StageChoices& stage : after.stages) QVERIFY(fault_of(stage.exact).isEmpty());
        facts.pins = {};  // then a run gives them up before it begins
        const PlanOutlook unpinned = test::complete_outlook(facts, model);
        QCOMPARE(unpinned.stages[0].exact.front().predicted_peak_bytes, before.stages[0].exact.front().predicted_peak_bytes);
        QVERIFY(!unpinned.stages[1].exact.back().kept_before);
    }

    /// A text encoder that is computed on the host needs its weights there: without the room it is computed on the card, or
    /// refused where that is pinned.
    void theHostNeedsRoomForATextEncoder()
    {
        SearchFacts facts = test::card_facts();
        const test::SyntheticModel model;
        facts.host_free_bytes = model.text_blocks * model.text_block_bytes + kGiB;
        const auto is_on_host = [](const StagePlan& way) { return way.weights.residency == Residency::OnHost; };
        QVERIFY(std::ranges::any_of(test::complete_outlook(facts, model).stages[0].exact, is_on_host));
        facts.pins.text_residency = Residency::OnHost;
        const Plan pinned = plan_within(test::complete_outlook(facts, model), 20 * kGiB).value();
        QVERIFY(pinned.stages[0].predicted_host_bytes >= model.text_blocks * model.text_block_bytes);

        facts.host_free_bytes = model.text_blocks * model.text_block_bytes / 2;
        const auto refused = plan_within(test::complete_outlook(facts, model), 20 * kGiB);
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::DoesNotFit);
        QVERIFY2(refused.error().message.starts_with("The text encoder needs ") &&
                     refused.error().message.find("computer's memory") != std::string::npos,
                 refused.error().message.c_str());
        facts.pins = {};
        const PlanOutlook outlook = test::complete_outlook(facts, model);
        QVERIFY(std::ranges::none_of(outlook.stages[0].exact, is_on_host));
        QVERIFY(plan_within(outlook, 20 * kGiB).has_value());
    }

    void refusesWhatWouldSwap()
    {
        SearchFacts facts = test::card_facts();
        facts.host_free_bytes = 1500 * kMiB;  // room for the staging ring, not for the cache
        const PlanOutlook outlook = test::complete_outlook(facts, {});
        for (const StageChoices& choices : outlook.stages) {
            for (const StagePlan& way : choices.exact) QVERIFY(way.predicted_host_bytes <= facts.host_free_bytes);
        }
        facts.host_free_bytes = kMiB;
        const auto plan = plan_within(test::complete_outlook(facts, {}), 40 * kGiB);
        QVERIFY(!plan.has_value());
        QCOMPARE(plan.error().code, ErrorCode::DoesNotFit);
        QVERIFY2(plan.error().message.find("computer's memory") != std::string::npos, plan.error().message.c_str());
    }

    void theErrorOfADryRunIsHandedOn()
    {
        const Forecaster failing = [](const StagePlan&) -> Result<StageForecast> {
            return fail(ErrorCode::BadModel, "no config");
        };
        PlanSearch search = search_of(test::card_facts(), failing);
        QCOMPARE(search.settle(kGiB).error().message, std::string("no config"));
        QCOMPARE(search.complete().error().message, std::string("no config"));
    }
};

QTEST_APPLESS_MAIN(TestPlanSearch)
#include "test_plan_search.moc"

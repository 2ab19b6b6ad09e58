#include <QtTest>

#include "core/planner/candidates.h"
#include "synthetic_model.h"

using namespace headroom;

namespace {

const StagePlan kDenoise = stage_of(Stage::Denoise, "transformer");
const StagePlan kDecode = stage_of(Stage::Decode, "vae");

template <typename Holds>
bool every_rung(const std::vector<Ladder>& ladders, const Holds& holds)
{
    return std::ranges::all_of(
        ladders, [&](const Ladder& ladder) { return !ladder.rungs.empty() && std::ranges::all_of(ladder.rungs, holds); });
}

}  // namespace

class TestCandidates : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void triesBothGuidanceOrdersFromWholePiecesOn()
    {
        const Ladders ladders = ladders_of(kDenoise, test::card_facts());
        QCOMPARE(ladders.exact.size(), std::size_t(2));
        QVERIFY(ladders.approximate.empty());
        QCOMPARE(ladders.exact[0].rungs.front().denoise, DenoisePlan{});
        QCOMPARE(ladders.exact[1].rungs.front().denoise.guidance, GuidanceOrder::Interleaved);
        for (const Ladder& ladder : ladders.exact) {
            for (std::size_t i = 1; i < ladder.rungs.size(); ++i) {
                const DenoisePlan &before = ladder.rungs[i - 1].denoise, &now = ladder.rungs[i].denoise;
                QVERIFY(now.head_groups >= before.head_groups);
                QVERIFY(before.token_rows == 0 || now.token_rows <= before.token_rows);
                QCOMPARE(40 % now.head_groups, 0);
            }
        }
    }

    void triesOneOrderWithoutGuidance()
    {
        SearchFacts facts = test::card_facts();
        facts.passes = 1;
        facts.pins.guidance = GuidanceOrder::Batched;  // has nothing to order
        const Ladders ladders = ladders_of(kDenoise, facts);
        QCOMPARE(ladders.exact.size(), std::size_t(1));
        QCOMPARE(ladders.exact[0].rungs[0].denoise.guidance, GuidanceOrder::Sequential);
    }

    void cutsNothingThatIsSmallAlready()
    {
        SearchFacts facts = test::card_facts();
        facts.tokens = 200;
        facts.heads = 1;
        facts.passes = 1;
        const Ladders ladders = ladders_of(kDenoise, facts);
        QCOMPARE(ladders.exact.at(0).rungs.size(), std::size_t(1));
        QCOMPARE(ladders.exact.at(0).rungs[0].denoise, DenoisePlan{});
    }

    void followsDenoiserPins()
    {
        SearchFacts facts = test::card_facts();
        facts.pins.guidance = GuidanceOrder::Batched;
        facts.pins.token_rows = 777;
        facts.pins.head_groups = 5;
        const Ladders ladders = ladders_of(kDenoise, facts);
        QCOMPARE(ladders.exact.size(), std::size_t(1));
        QCOMPARE(ladders.exact[0].rungs.size(), std::size_t(1));
        QCOMPARE(ladders.exact[0].rungs[0].denoise, (DenoisePlan{GuidanceOrder::Batched, 777, 5}));
    }

    void decodesWholeFirstAndMarksTiles()
    {
        const Ladders ladders = ladders_of(kDecode, test::card_facts());
        QCOMPARE(ladders.exact.size(), std::size_t(2));
        QCOMPARE(ladders.exact[0].rungs.front().vae, VaePlan{});
        QVERIFY(every_rung({ladders.exact[0]}, [](const StagePlan& rung) { return rung.vae.cache == CachePlace::Device; }));
        QVERIFY(every_rung({ladders.exact[1]}, [](const StagePlan& rung) { return rung.vae.cache == CachePlace::Host; }));
        QVERIFY(
            every_rung(ladders.exact, [](const StagePlan& rung) { return rung.exact && rung.vae.method != VaeMethod::Tiles; }));
        QVERIFY(every_rung(ladders.approximate,
                           [](const StagePlan& rung) { return !rung.exact && rung.vae.method == VaeMethod::Tiles; }));
    }

    void keepsTheCacheOnTheDeviceWhereThatIsTheHost()
    {
        SearchFacts facts = test::card_facts();
        facts.device_is_host = true;
        const auto on_device = [](const StagePlan& rung) { return rung.vae.cache == CachePlace::Device; };
        QVERIFY(every_rung(ladders_of(kDecode, facts).exact, on_device));
        facts.pins.cache = CachePlace::Host;
        const auto on_host = [](const StagePlan& rung) { return rung.vae.cache == CachePlace::Host; };
        QVERIFY(every_rung(ladders_of(kDecode, facts).exact, on_host));
    }

    void followsVaePins()
    {
        SearchFacts facts = test::card_facts();
        facts.pins.strips = 5;
        Ladders ladders = ladders_of(kDecode, facts);
        QVERIFY(every_rung(ladders.exact,
                           [](const StagePlan& rung) { return rung.vae.method == VaeMethod::Strips && rung.vae.strips == 5; }));
        QVERIFY(ladders.approximate.empty());

        facts.pins = {};
        facts.pins.vae = VaeMethod::Whole;
        facts.pins.slicing = Slicing::Off;
        facts.pins.latents_per_chunk = 2;
        ladders = ladders_of(kDecode, facts);
        QVERIFY(every_rung(ladders.exact, [](const StagePlan& rung) {
            return rung.vae.method == VaeMethod::Whole && rung.vae.latents_per_chunk == 2 && rung.vae.slicing == Slicing::Off;
        }));
        QVERIFY(ladders.approximate.empty());

        facts.pins = {};
        facts.pins.vae = VaeMethod::Strips;
        QVERIFY(every_rung(ladders_of(kDecode, facts).exact,
                           [](const StagePlan& rung) { return rung.vae.method == VaeMethod::Strips; }));

        const TileGeometry tiles{320, 160, 200, 100};
        facts.pins = {};
        facts.pins.tiles = tiles;
        ladders = ladders_of(kDecode, facts);
        QVERIFY(ladders.exact.empty());
        QVERIFY(every_rung(ladders.approximate, [&](const StagePlan& rung) { return rung.vae.tiles == tiles; }));
    }

    void alwaysHasAWayForWhatIsPinned()
    {
        SearchFacts facts = test::card_facts();
        facts.width = facts.height = 64;
        facts.latent_height = 8;
        QVERIFY(ladders_of(kDecode, facts).approximate.empty());
        facts.pins.vae = VaeMethod::Tiles;
        QVERIFY(!ladders_of(kDecode, facts).approximate.empty());
        facts.latent_height = 1;
        facts.pins.vae = VaeMethod::Strips;
        QVERIFY(every_rung(ladders_of(kDecode, facts).exact, [](const StagePlan& rung) { return rung.vae.strips == 2; }));
    }
};

QTEST_APPLESS_MAIN(TestCandidates)
#include "test_candidates.moc"

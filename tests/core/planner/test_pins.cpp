#include <QtTest>

#include "core/planner/pins.h"
#include "synthetic_model.h"

using namespace headroom;
using memory::Residency;

Q_DECLARE_METATYPE(headroom::SearchFacts)

namespace {

SearchFacts with(const std::function<void(SearchFacts&)>& change)
{
    SearchFacts facts = test::card_facts();
    change(facts);
    return facts;
}

}  // namespace

class TestPins : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refusesWhatNoPlanCanFollow_data()
    {
        QTest::addColumn<SearchFacts>("facts");
        QTest::addColumn<QStringList>("named");
        const auto row = [](const char* name, const QStringList& named, const std::function<void(SearchFacts&)>& change) {
            QTest::newRow(name) << with(change) << named;
        };
        row("strips and tiles method", {"strips is pinned to 4", "tiles"},
            [](auto& f) { f.pins.strips = 4, f.pins.vae = VaeMethod::Tiles; });
        row("strips and whole", {"strips is pinned to 4", "whole frames"},
            [](auto& f) { f.pins.strips = 4, f.pins.vae = VaeMethod::Whole; });
        row("strips and a tile geometry", {"strips is pinned to 4", "256x256"},
            [](auto& f) { f.pins.strips = 4, f.pins.tiles = TileGeometry{}; });
        row("geometry and strips method", {"256x256", "strips"},
            [](auto& f) { f.pins.tiles = TileGeometry{}, f.pins.vae = VaeMethod::Strips; });
        row("geometry and whole", {"256x256", "whole frames"},
            [](auto& f) { f.pins.tiles = TileGeometry{}, f.pins.vae = VaeMethod::Whole; });
        row("blocks and offload", {"resident_blocks is pinned to 3", "as a whole"},
            [](auto& f) { f.pins.resident_blocks = 3, f.pins.denoiser_residency = Residency::WhileStageRuns; });
        row("denoiser on the host", {"denoiser"}, [](auto& f) { f.pins.denoiser_residency = Residency::OnHost; });
        row("text on the host of a CPU run", {"pinned to the host", "cpu"},
            [](auto& f) { f.pins.text_residency = Residency::OnHost, f.device_is_host = true, f.device = "cpu"; });
        row("unloaded without embeddings", {"not cached"}, [](auto& f) { f.pins.text_residency = Residency::NotLoaded; });
        row("groups that don't divide", {"head_groups is pinned to 3", "40 heads"}, [](auto& f) { f.pins.head_groups = 3; });
        row("no strips", {"strips is pinned to 0"}, [](auto& f) { f.pins.strips = 0; });
        row("three latents", {"latents_per_chunk is pinned to 3", "1 or 2"}, [](auto& f) { f.pins.latents_per_chunk = 3; });
        row("negative rows", {"token_rows is pinned to -1"}, [](auto& f) { f.pins.token_rows = -1; });
        row("negative blocks", {"resident_blocks is pinned to -1"}, [](auto& f) { f.pins.resident_blocks = -1; });
        row("tiles with gaps", {"256x256", "320x192", "gaps"}, [](auto& f) { f.pins.tiles = TileGeometry{256, 256, 320, 192}; });
        row("tiles of nothing", {"0x256"}, [](auto& f) { f.pins.tiles = TileGeometry{0, 256, 1, 1}; });
    }
    void refusesWhatNoPlanCanFollow()
    {
        QFETCH(SearchFacts, facts);
        QFETCH(QStringList, named);
        const auto checked = check_pins(facts);
        QVERIFY(!checked.has_value());
        QCOMPARE(checked.error().code, ErrorCode::Usage);
        const QString message = QString::fromStdString(checked.error().message);
        for (const QString& part : named) QVERIFY2(message.contains(part), qPrintable(message));
    }

    void takesPinsThatGoTogether_data()
    {
        QTest::addColumn<SearchFacts>("facts");
        const auto row = [](const char* name, const std::function<void(SearchFacts&)>& change) {
            QTest::newRow(name) << with(change);
        };
        row("none", [](auto&) {});
        row("strips and their method", [](auto& f) { f.pins.strips = 4, f.pins.vae = VaeMethod::Strips; });
        row("one strip is whole", [](auto& f) { f.pins.strips = 1, f.pins.vae = VaeMethod::Whole; });
        row("geometry and its method", [](auto& f) { f.pins.tiles = TileGeometry{}, f.pins.vae = VaeMethod::Tiles; });
        row("blocks and streaming", [](auto& f) { f.pins.resident_blocks = 3, f.pins.denoiser_residency = Residency::Streamed; });
        row("the cache on the host of a CPU run", [](auto& f) { f.pins.cache = CachePlace::Host, f.device_is_host = true; });
        row("unloaded with embeddings", [](auto& f) {
            f.pins.text_residency = Residency::NotLoaded, f.cached_encoders = {{"text_encoder", 4000}};
        });
        row("a guidance order without guidance", [](auto& f) { f.pins.guidance = GuidanceOrder::Interleaved, f.passes = 1; });
        row("groups of unknown heads", [](auto& f) { f.pins.head_groups = 3, f.heads = 0; });
    }
    void takesPinsThatGoTogether()
    {
        QFETCH(SearchFacts, facts);
        const auto checked = check_pins(facts);
        QVERIFY2(checked.has_value(), checked ? "" : checked.error().message.c_str());
    }
};

QTEST_APPLESS_MAIN(TestPins)
#include "test_pins.moc"

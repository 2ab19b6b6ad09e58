#include <QTemporaryDir>
#include <QtTest>

#include <numeric>

#include "core/engine/engine.h"
#include "core/engine/latent_file.h"
#include "core/tensor/host_memory.h"
#include "tests/support/family_cases.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/recording_listener.h"
#include "tests/support/unwrap.h"

using namespace headroom;
using test::unwrap;
namespace fs = std::filesystem;

/// What must hold for the whole pipeline of every family, on tiny folders (tests/reference/make_tiny_*.py).
class TestFamilyPipelines : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    std::unique_ptr<Engine> m_engine;
    const std::vector<test::FamilyCase> m_cases = test::family_cases();

    fs::path path(const char* name) const { return fs::path(m_dir.path().toStdString()) / name; }

    void add_cases() const
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_cases.size(); ++i) QTest::newRow(m_cases[i].name.c_str()) << int(i);
    }

    struct Clip {
        Tensor latents;
        std::vector<RgbFrame> frames;
        RunReport report;
    };

    Clip make_clip(GenerateRequest request, std::optional<std::int64_t> budget_bytes = std::nullopt)
    {
        request.latents_out = path("latents.safetensors");
        request.execution.budget_bytes = budget_bytes;
        request = unwrap(m_engine->resolve(request));
        test::RecordingListener listener;
        RunReport report = unwrap(m_engine->generate(request, unwrap(m_engine->plan(request)), listener, {}));
        if (!listener.notices.empty()) qFatal("%s", listener.notices.front().c_str());
        Clip clip{unwrap(read_latents(request.latents_out)), std::move(listener.frames), std::move(report)};
        fs::remove(request.latents_out);
        return clip;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_engine = make_engine(
            {.demo_model_dir = fs::path(HEADROOM_GOLDENS_DIR) / "tiny_wan", .state_dir = path("state"), .modules_dir = {}});
    }

    void init() { fs::remove_all(path("state") / "prompts"); }  // or the text encoder would not be needed a second time

    void equalsTheReference_data() { add_cases(); }
    void equalsTheReference()
    {
        QFETCH(int, index);
        const test::FamilyCase& family = m_cases[std::size_t(index)];
        const auto golden = test::read_golden(family.golden);
        const Clip clip = make_clip(family.request);
        const double distance = test::relative_difference(clip.latents, golden.at("latents"));

        const Tensor& pixels = golden.at("pixels");  // [frames, height, width, 3]
        QCOMPARE(qint64(clip.frames.size()), qint64(pixels.size(0)));
        std::int64_t beyond_one = 0;
        const auto* expected = pixels.const_data_ptr<std::uint8_t>();
        for (const RgbFrame& frame : clip.frames) {
            for (const std::uint8_t value : frame.pixels) beyond_one += std::abs(int(value) - int(*expected++)) > 1;
        }
        qInfo("latents: relative max|d| %.2e; pixels more than 1/255 away: %lld of %lld", distance,
              static_cast<long long>(beyond_one), static_cast<long long>(pixels.numel()));
        QVERIFY(distance <= 1e-4);
        QVERIFY(double(beyond_one) <= 0.001 * double(pixels.numel()));
    }

    /// A stage's peak is what a walk of that stage alone foretells. So no other component's weights lie there at the same time,
    /// and nothing of an earlier stage but its results.
    void stagesHoldTheirOwnWeightsAlone_data() { add_cases(); }
    void stagesHoldTheirOwnWeightsAlone()
    {
        QFETCH(int, index);
        const std::int64_t before = HostMemory::live_bytes();
        const Clip clip = make_clip(m_cases[std::size_t(index)].request);
        QCOMPARE(clip.report.stages.size(), clip.report.plan.stages.size());
        for (std::size_t i = 0; i < clip.report.stages.size(); ++i) {
            const StageReport& stage = clip.report.stages[i];
            QCOMPARE(stage.component, clip.report.plan.stages[i].component);
            qInfo("%s: predicted %lld, measured %lld", stage.component.c_str(),
                  static_cast<long long>(stage.predicted_peak_bytes), static_cast<long long>(stage.measured_peak_bytes));
            const std::int64_t difference = std::llabs(stage.predicted_peak_bytes - stage.measured_peak_bytes);
            QVERIFY(difference <= std::max<std::int64_t>(stage.predicted_peak_bytes * 3 / 100, 16 << 10));
        }
        QCOMPARE(HostMemory::live_bytes() - before, std::int64_t(clip.latents.nbytes()));
    }

    /// The least budget streams everything through slots and cuts work into pieces.
    void leastMemoryMakesTheSameClip_data() { add_cases(); }
    void leastMemoryMakesTheSameClip()
    {
        QFETCH(int, index);
        const GenerateRequest& request = m_cases[std::size_t(index)].request;
        const Clip free = make_clip(request);
        fs::remove_all(path("state") / "prompts");
        std::int64_t least = 0;
        for (const StageChoices& stage : unwrap(m_engine->outlook(request)).stages) {
            least = std::max(least, stage.exact.front().predicted_peak_bytes);
        }
        least += std::int64_t(free.latents.nbytes());  // which the device, the CPU, holds for the comparison
        const Clip tight = make_clip(request, least);
        QVERIFY(tight.report.peak_bytes <= least);
        QVERIFY(tight.report.peak_bytes < free.report.peak_bytes);
        const double distance = test::relative_difference(tight.latents, free.latents);
        qInfo("%lld bytes instead of %lld, latents apart by %.2e", static_cast<long long>(tight.report.peak_bytes),
              static_cast<long long>(free.report.peak_bytes), distance);
        QVERIFY(distance <= 1e-5);
        std::int64_t beyond_one = 0;
        for (std::size_t frame = 0; frame < free.frames.size(); ++frame) {
            for (std::size_t i = 0; i < free.frames[frame].pixels.size(); ++i) {
                beyond_one += std::abs(int(free.frames[frame].pixels[i]) - int(tight.frames[frame].pixels[i])) > 1;
            }
        }
        QCOMPARE(beyond_one, std::int64_t(0));
    }
};

QTEST_APPLESS_MAIN(TestFamilyPipelines)
#include "test_family_pipelines.moc"

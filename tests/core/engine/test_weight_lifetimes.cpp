#include <QTemporaryDir>
#include <QtTest>

#include <fstream>
#include <limits>

#include <fmt/ranges.h>

#include "core/engine/engine.h"
#include "core/tensor/host_memory.h"
#include "tests/support/family_cases.h"
#include "tests/support/recording_listener.h"
#include "tests/support/unwrap.h"

using namespace headroom;
using test::unwrap;
namespace fs = std::filesystem;

/// When each component's weights come and go, from what is held in memory while a run goes on.
class TestWeightLifetimes : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    std::unique_ptr<Engine> m_engine;
    const std::vector<test::FamilyCase> m_cases = test::family_cases();

    static std::int64_t weights_of(const StagePlan& stage)
    {
        for (const MemoryPart& part : stage.parts) {
            if (part.kind == MemoryKind::Weights) return part.size_bytes;
        }
        return 0;
    }

    std::vector<RgbFrame> frames_of(const GenerateRequest& left_out)
    {
        fs::remove_all(fs::path(m_dir.path().toStdString()) / "prompts");
        const GenerateRequest request = unwrap(m_engine->resolve(left_out));
        test::RecordingListener listener;
        unwrap(m_engine->generate(request, unwrap(m_engine->plan(request)), listener, {}));
        return std::move(listener.frames);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_engine = make_engine({.demo_model_dir = {}, .state_dir = m_dir.path().toStdString(), .modules_dir = {}});
    }
    void init() { fs::remove_all(fs::path(m_dir.path().toStdString()) / "prompts"); }

    /// After each denoising step the component at work is there whole, and beside it less than the smallest of the others has:
    /// nothing of the text encoders, of the transformer before or to come, of the decoder. (Decoders keep features besides:
    /// test_family_pipelines holds their peaks.)
    void oneComponentIsThereAtATime_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_cases.size(); ++i) QTest::newRow(m_cases[i].name.c_str()) << int(i);
    }
    void oneComponentIsThereAtATime()
    {
        QFETCH(int, index);
        const GenerateRequest request = unwrap(m_engine->resolve(m_cases[std::size_t(index)].request));
        const Plan plan = unwrap(m_engine->plan(request));
        struct Sample {
            StageProgress progress;
            std::int64_t live_bytes;
        };
        std::vector<Sample> samples;
        const std::int64_t before = HostMemory::live_bytes();
        test::RecordingListener listener;
        listener.on_progress = [&](const StageProgress& progress) {
            samples.push_back({progress, HostMemory::live_bytes() - before});
        };
        unwrap(m_engine->generate(request, plan, listener, {}));
        QCOMPARE(qint64(HostMemory::live_bytes()), qint64(before));

        std::vector<std::string> order;
        for (const Sample& sample : samples) {
            const std::string& component = sample.progress.component;
            if (order.empty() || order.back() != component) order.push_back(component);
            if (sample.progress.stage != Stage::Denoise) continue;
            const std::int64_t own =
                plan.of(sample.progress.stage, component).file_bytes;  // in float32, as here they are computed
            std::int64_t smallest_other = std::numeric_limits<std::int64_t>::max();
            for (const StagePlan& stage : plan.stages) {
                if (stage.component != component) smallest_other = std::min(smallest_other, weights_of(stage));
            }
            const std::int64_t beside = sample.live_bytes - own;
            QVERIFY2(beside >= 0 && beside < smallest_other,
                     fmt::format("{} {}: {} bytes beside its {} of weights; the smallest other component has {}", component,
                                 sample.progress.done, beside, own, smallest_other)
                         .c_str());
        }
        std::vector<std::string> chain;
        for (const StagePlan& stage : plan.stages) chain.push_back(stage.component);
        QVERIFY2(order == chain, fmt::format("{}", fmt::join(order, ", ")).c_str());
    }

    /// Other weights would show in every frame: without a step below the boundary nothing of them is read.
    void theSecondTransformerIsNotReadWithoutASwap()
    {
        GenerateRequest request;
        for (const test::FamilyCase& family : m_cases) {
            if (family.name == "Wan 2.2 A14B") request = family.request;
        }
        const fs::path spoilt = fs::path(m_dir.path().toStdString()) / "spoilt";
        fs::copy(request.model_dir, spoilt, fs::copy_options::recursive);
        {
            std::fstream file(spoilt / "transformer_2" / "diffusion_pytorch_model.safetensors",
                              std::ios::in | std::ios::out | std::ios::binary);
            std::uint64_t header_bytes = 0;
            file.read(reinterpret_cast<char*>(&header_bytes), sizeof header_bytes);
            const auto size_bytes = fs::file_size(spoilt / "transformer_2" / "diffusion_pytorch_model.safetensors");
            file.seekp(std::streamoff(8 + header_bytes));
            const std::string other(size_bytes - 8 - header_bytes, '\x3C');  // 0.01 each
            file.write(other.data(), std::streamsize(other.size()));
        }
        GenerateRequest same = request;
        same.model_dir = spoilt;
        const auto pixels_differ = [&] {
            const auto expected = frames_of(request);
            const auto found = frames_of(same);
            if (expected.empty() || expected.size() != found.size()) return true;
            for (std::size_t i = 0; i < found.size(); ++i) {
                if (found[i].pixels != expected[i].pixels) return true;
            }
            return false;
        };
        QVERIFY(pixels_differ());  // as the case has it, the boundary is crossed
        for (GenerateRequest* each : {&request, &same}) {
            each->steps = 2;
            each->extra["flow_shift"] = 20;
        }
        QVERIFY(!pixels_differ());
    }
};

QTEST_APPLESS_MAIN(TestWeightLifetimes)
#include "test_weight_lifetimes.moc"

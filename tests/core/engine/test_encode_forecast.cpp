#include <QTemporaryDir>
#include <QtTest>

#include "core/engine/engine.h"
#include "core/engine/forecasting.h"
#include "core/media/video_writer.h"
#include "core/models/registry.h"
#include "tests/support/recording_listener.h"

using namespace headroom;
namespace fs = std::filesystem;

Q_DECLARE_METATYPE(headroom::VaePlan)

namespace {

VaePlan strips(int count, int latents_per_chunk = 1)
{
    VaePlan how;
    how.method = VaeMethod::Strips;
    how.strips = count;
    how.latents_per_chunk = latents_per_chunk;
    return how;
}

VaePlan tiles(int latents_per_chunk = 1)
{
    VaePlan how;
    how.method = VaeMethod::Tiles;
    how.tiles = {.tile_width = 48, .tile_height = 48, .stride_width = 32, .stride_height = 32};
    how.latents_per_chunk = latents_per_chunk;
    return how;
}

VaePlan whole(int latents_per_chunk = 1, Slicing slicing = Slicing::On)
{
    VaePlan how;
    how.latents_per_chunk = latents_per_chunk;
    how.slicing = slicing;
    return how;
}

}  // namespace

/// What an encode is forecast to take, against what it takes.
class TestEncodeForecast : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    fs::path m_model = fs::path(HEADROOM_SOURCE_DIR) / "resources" / "demo_model";

    fs::path clip(int width, int height, int frames)
    {
        const fs::path file = fs::path(m_dir.path().toStdString()) / fmt::format("{}x{}x{}.mkv", width, height, frames);
        if (fs::exists(file)) return file;
        auto writer = media::open_frame_writer(file, {width, height, 16}, {}, media::Overwrite::No);
        for (int i = 0; i < frames; ++i) {
            if (!(*writer)->write(
                    {width, height, std::vector<std::uint8_t>(std::size_t(width) * height * 3, std::uint8_t(i * 10))}))
                qFatal("unwritten");
        }
        if (!(*writer)->finish()) qFatal("unfinished");
        return file;
    }

private Q_SLOTS:
    void predictsTheMeasuredPeak_data()
    {
        QTest::addColumn<VaePlan>("how");
        QTest::addColumn<int>("frames");
        QTest::addColumn<int>("batch");
        QTest::addColumn<bool>("bf16");
        for (const bool bf16 : {false, true}) {
            const auto row = [&](const char* name, const VaePlan& how, int frames, int batch = 1) {
                QTest::addRow("%s, %s", name, bf16 ? "bf16" : "fp32") << how << frames << batch << bf16;
            };
            row("whole", whole(), 13);
            row("one frame", whole(), 1);
            row("two latents a chunk", whole(2), 21);
            row("two latents a chunk, one left", whole(2), 13);
            row("strips", strips(4), 13);
            row("strips, two latents a chunk", strips(6, 2), 17);
            row("tiles", tiles(), 9);
            row("two clips, sliced", whole(), 9, 2);
            row("two clips at once", whole(1, Slicing::Off), 9, 2);
        }
    }
    void predictsTheMeasuredPeak()
    {
        QFETCH(VaePlan, how);
        QFETCH(int, frames);
        QFETCH(int, batch);
        QFETCH(bool, bf16);
        const auto engine = make_engine({.demo_model_dir = m_model, .state_dir = m_dir.path().toStdString(), .modules_dir = {}});
        EncodeRequest request;
        request.inputs.assign(std::size_t(batch), clip(64, 80, frames));
        request.latents_out = fs::path(m_dir.path().toStdString()) / "latents.safetensors";
        request.execution.device = "cpu";
        request.execution.dtype = bf16 ? ComputeDtype::BFloat16 : ComputeDtype::Float32;
        Pins& pins = request.execution.pins;
        pins.vae = how.method;
        pins.latents_per_chunk = how.latents_per_chunk;
        pins.slicing = how.slicing;
        if (how.method == VaeMethod::Strips) pins.strips = how.strips;
        if (how.method == VaeMethod::Tiles) pins.tiles = how.tiles;
        test::RecordingListener listener;
        const auto report = engine->encode(request, listener, {});
        QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
        QVERIFY(report->plan.of(Stage::Encode).vae.method == how.method);
        const std::int64_t predicted = report->stages[0].predicted_peak_bytes, measured = report->stages[0].measured_peak_bytes;
        qInfo("predicted %lld, measured %lld, difference %lld", static_cast<long long>(predicted),
              static_cast<long long>(measured), static_cast<long long>(predicted - measured));
        QVERIFY(predicted >= measured);
        QVERIFY(predicted <= measured + std::max<std::int64_t>(measured / 100, 16 << 10));
    }
};

QTEST_APPLESS_MAIN(TestEncodeForecast)
#include "test_encode_forecast.moc"

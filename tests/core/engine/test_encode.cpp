#include <QTemporaryDir>
#include <QtTest>

#include <fstream>

#include <ATen/ops/cat.h>
#include <nlohmann/json.hpp>

#include "core/engine/engine.h"
#include "core/engine/latent_file.h"
#include "core/files/safetensors_file.h"
#include "core/files/safetensors_writer.h"
#include "core/media/video_writer.h"
#include "core/tensor/host_memory.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/recording_listener.h"

using namespace headroom;
namespace fs = std::filesystem;

namespace {

constexpr double kParity = 1e-5;
constexpr double kRounding = 1e-6;

/// Remembers what a person would be told.
class Notices final : public RunListener {
public:
    std::vector<std::string> sentences;

    void stage_started(Stage, int) override {}
    void stage_progressed(const StageProgress&) override {}
    void stage_finished(const StageReport&) override {}
    void latents_previewed(const LatentPreview&) override {}
    void frame_decoded(int, int, const RgbFrame&) override {}
    void noticed(const std::string& sentence) override { sentences.push_back(sentence); }
};

/// The pictures that tests/reference/make_wan_encode_goldens.py counts out, of any size.
RgbFrame counted_picture(int width, int height, int t)
{
    RgbFrame frame{width, height, std::vector<std::uint8_t>(std::size_t(width) * height * 3)};
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            for (int c = 0; c < 3; ++c) {
                frame.pixels[(std::size_t(y) * width + x) * 3 + c] =
                    std::uint8_t((5 * x + 3 * y + 7 * t + 40 * c + x * y / 8) % 256);
            }
        }
    }
    return frame;
}

}  // namespace

/// Videos to latents, on the tiny Wan folder.
class TestEncode : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    std::unique_ptr<Engine> m_engine;
    fs::path m_model = fs::path(HEADROOM_GOLDENS_DIR) / "tiny_wan";

    fs::path path(const std::string& name) const { return fs::path(m_dir.path().toStdString()) / name; }

    /// A lossless clip; its first picture is the `first`th.
    fs::path clip(const std::string& name, int width, int height, int frames, int first = 0)
    {
        const fs::path file = path(name);
        if (fs::exists(file)) return file;
        auto writer = media::open_frame_writer(file, {width, height, 16}, {}, media::Overwrite::No);
        if (!writer) qFatal("%s", writer.error().message.c_str());
        for (int t = first; t < first + frames; ++t) {
            if (!(*writer)->write(counted_picture(width, height, t))) qFatal("a picture can't be written");
        }
        if (!(*writer)->finish()) qFatal("the clip can't be completed");
        return file;
    }

    EncodeRequest request(std::vector<fs::path> inputs) const
    {
        EncodeRequest request;
        request.model_dir = m_model;
        request.inputs = std::move(inputs);
        request.latents_out = path("latents.safetensors");
        request.execution.device = "cpu";
        request.execution.dtype = ComputeDtype::Float32;
        return request;
    }

    Tensor encode(const EncodeRequest& request, Notices* notices = nullptr)
    {
        Notices ignored;
        const auto report = m_engine->encode(request, notices ? *notices : ignored, {});
        if (!report) qFatal("%s", report.error().message.c_str());
        return *read_latents(request.latents_out);
    }

    Error refusal(const EncodeRequest& request)
    {
        Notices notices;
        fs::remove(request.latents_out);
        const auto report = m_engine->encode(request, notices, {});
        if (report) return {ErrorCode::Internal, "it was not refused"};
        if (fs::exists(request.latents_out) || fs::exists(request.latents_out.string() + ".part"))
            return {ErrorCode::Internal, "a file was left"};
        return report.error();
    }

    /// A copy of the model whose autoencoder has lost its encoder.
    fs::path decode_only_model()
    {
        const fs::path folder = path("decode_only");
        fs::copy(m_model, folder, fs::copy_options::recursive);
        const fs::path weights = folder / "vae" / "diffusion_pytorch_model.safetensors";
        const auto file =
            files::SafetensorsFile::open(m_model / "vae" / "diffusion_pytorch_model.safetensors", ErrorCode::BadModel);
        std::vector<files::TensorEntry> kept;
        for (const files::TensorEntry& entry : file->entries()) {
            if (!entry.name.starts_with("encoder.") && !entry.name.starts_with("quant_conv.")) kept.push_back(entry);
        }
        if (!files::write_safetensors(weights, kept)) qFatal("the weights can't be written");
        return folder;
    }

private Q_SLOTS:
    void initTestCase() { m_engine = make_engine({.demo_model_dir = m_model, .state_dir = path("state"), .modules_dir = {}}); }

    void equalsDiffusers()
    {
        Notices notices;
        const Tensor latents = encode(request({clip("ten.mkv", 48, 32, 10)}), &notices);  // nine of its ten frames
        const double distance =
            test::max_abs_difference(latents, test::read_golden("vae_encode_tiny_wan.safetensors").at("clip.latents"));
        qInfo("max|d| from diffusers: %.2e", distance);
        QVERIFY(distance <= kParity);
        QCOMPARE(notices.sentences.size(), std::size_t(1));
        QVERIFY2(notices.sentences.front().find("9 of 10") != std::string::npos, notices.sentences.front().c_str());
    }

    void readsPictureSequences()
    {
        clip("frame-%04d.png", 48, 32, 5);
        const Tensor latents = encode(request({path("frame-%04d.png")}));
        QVERIFY(latents.equal(encode(request({clip("five.mkv", 48, 32, 5)}))));
    }

    void tellsItsStage()
    {
        test::RecordingListener listener;
        const auto report = m_engine->encode(request({clip("five.mkv", 48, 32, 5)}), listener, {});
        QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
        QVERIFY(listener.started == std::vector<Stage>{Stage::Encode});
        QCOMPARE(listener.progress.back().done, 5);
        QCOMPARE(listener.progress.back().total, 5);
        QCOMPARE(report->frames, 5);
        QCOMPARE(report->outputs, std::vector<fs::path>{path("latents.safetensors")});
        QCOMPARE(report->stages.size(), std::size_t(1));
        QVERIFY(report->peak_bytes > 0 && report->seconds_total > 0);
        const auto json = nlohmann::json::parse(to_json(*report));
        QCOMPARE(json["stages"][0]["name"].get<std::string>(), std::string("encode"));
        QCOMPARE(json["plan"][0]["stage"].get<std::string>(), std::string("encode"));
    }

    void latentsDecodeToTheClipsSize()
    {
        encode(request({clip("five.mkv", 48, 32, 5)}));
        DecodeRequest decode;
        decode.model_dir = m_model;
        decode.latents = path("latents.safetensors");
        decode.execution = request({}).execution;
        test::RecordingListener listener;
        QVERIFY(m_engine->decode(decode, listener, {}).has_value());
        QCOMPARE(listener.frames.size(), std::size_t(5));
        QCOMPARE(listener.frames.front().width, 48);
        QCOMPARE(listener.frames.front().height, 32);
    }

    void choosesSizesAndLengths_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("frames");
        QTest::addColumn<int>("given_width");
        QTest::addColumn<int>("given_height");
        QTest::addColumn<int>("given_frames");
        QTest::addColumn<QList<int>>("latents");  // frames, height, width
        QTest::addColumn<int>("notices");
        QTest::newRow("all the clip's own") << 48 << 32 << 5 << 0 << 0 << 0 << QList<int>{2, 4, 6} << 0;
        QTest::newRow("next size and length below") << 61 << 46 << 4 << 0 << 0 << 0 << QList<int>{1, 4, 6} << 2;
        QTest::newRow("fewer frames asked for") << 48 << 32 << 10 << 0 << 0 << 5 << QList<int>{2, 4, 6} << 0;
        QTest::newRow("scaled as asked") << 48 << 32 << 1 << 32 << 64 << 0 << QList<int>{1, 8, 4} << 0;
        QTest::newRow("width given, height follows") << 48 << 32 << 1 << 96 << 0 << 0 << QList<int>{1, 8, 12} << 1;
        QTest::newRow("height given, width follows") << 48 << 32 << 1 << 0 << 64 << 0 << QList<int>{1, 8, 12} << 1;
    }
    void choosesSizesAndLengths()
    {
        QFETCH(int, width);
        QFETCH(int, height);
        QFETCH(int, frames);
        QFETCH(int, given_width);
        QFETCH(int, given_height);
        QFETCH(int, given_frames);
        QFETCH(QList<int>, latents);
        QFETCH(int, notices);
        EncodeRequest sized = request({clip(fmt::format("{}x{}x{}.mkv", width, height, frames), width, height, frames)});
        if (given_width > 0) sized.width = given_width;
        if (given_height > 0) sized.height = given_height;
        if (given_frames > 0) sized.frames = given_frames;
        Notices told;
        QCOMPARE(encode(sized, &told).sizes().vec(), (std::vector<std::int64_t>{1, 16, latents[0], latents[1], latents[2]}));
        QCOMPARE(int(told.sentences.size()), notices);
    }

    void batchItemsEqualThemselvesAlone()
    {
        const fs::path first = clip("first.mkv", 48, 32, 5), second = clip("second.mkv", 48, 32, 9, 20);
        EncodeRequest both = request({first, second});
        const Tensor sliced = encode(both);
        QCOMPARE(sliced.size(0), 2);
        QCOMPARE(sliced.size(2), 2);  // as long as the shorter one
        EncodeRequest alone = request({second});
        alone.frames = 5;
        QVERIFY(sliced.equal(at::cat({encode(request({first})), encode(alone)})));
        both.execution.pins.slicing = Slicing::Off;
        QVERIFY(test::max_abs_difference(encode(both), sliced) <= kRounding);
    }

    void pinsAreKept()
    {
        EncodeRequest pinned = request({clip("large.mkv", 64, 96, 5)});
        const Tensor whole = encode(pinned);
        pinned.execution.pins.vae = VaeMethod::Strips;
        pinned.execution.pins.strips = 4;
        pinned.execution.pins.latents_per_chunk = 2;
        QVERIFY(test::max_abs_difference(encode(pinned), whole) <= kRounding);
        pinned.execution.pins.strips.reset();
        pinned.execution.pins.vae = VaeMethod::Tiles;
        pinned.execution.pins.tiles = TileGeometry{.tile_width = 32, .tile_height = 32, .stride_width = 24, .stride_height = 24};
        QVERIFY(test::max_abs_difference(encode(pinned), whole) > kParity);
    }

    void memoryDoesNotGrowWithLength()
    {
        const auto peak_of = [&](int frames) {
            test::RecordingListener listener;
            const auto report =
                m_engine->encode(request({clip(fmt::format("long{}.mkv", frames), 48, 32, frames)}), listener, {});
            const std::int64_t latent_bytes = std::int64_t((frames - 1) / 4 + 1) * 16 * 4 * 6 * 4;
            return report && report->frames == frames ? report->peak_bytes - latent_bytes : -1;
        };
        const std::int64_t short_peak = peak_of(9), long_peak = peak_of(121);
        qInfo("encode peak without the latents: 9 frames %lld bytes, 121 frames %lld bytes", static_cast<long long>(short_peak),
              static_cast<long long>(long_peak));
        QVERIFY(short_peak > 0);
        QCOMPARE(long_peak, short_peak);
    }

    /// Latents of an earlier run are replaced, as `--latents-out` says; a clip that is read never is.
    void replacesOlderLatents()
    {
        EncodeRequest encode = request({clip("kept.mkv", 48, 32, 5)});
        encode.latents_out = path("older.safetensors");
        std::ofstream(encode.latents_out) << "older";
        Notices notices;
        QVERIFY(m_engine->encode(encode, notices, {}).has_value());
        QVERIFY(fs::file_size(encode.latents_out) > 5);
        encode.latents_out = encode.inputs.front();
        const auto size = fs::file_size(encode.latents_out);
        QCOMPARE(m_engine->encode(encode, notices, {}).error().code, ErrorCode::Usage);
        QCOMPARE(fs::file_size(encode.latents_out), size);
    }

    void saysWhichInputIsTheShortest()
    {
        const auto noticed = [&](int first, int second) {
            Notices notices;
            encode(request({clip(fmt::format("{}.mkv", first), 48, 32, first),
                            clip(fmt::format("{}-b.mkv", second), 48, 32, second)}),
                   &notices);
            return QString::fromStdString(notices.sentences.empty() ? "" : notices.sentences.front());
        };
        QCOMPARE(noticed(9, 5),
                 "The first 5 of 9 frames are encoded: " + QString::fromStdString(path("5-b.mkv").string()) + " has no more");
        QVERIFY(noticed(7, 9).contains("/7.mkv has 7, and a clip of this model has 4k+1"));
        QVERIFY(noticed(6, 6).contains("The first 5 of 6 frames are encoded: a clip of this model has 4k+1"));
    }

    void refusesBadRequests_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("mentions");
        QTest::newRow("no input") << "none" << int(ErrorCode::Usage) << "--input";
        QTest::newRow("input missing") << "missing" << int(ErrorCode::BadInput) << "nowhere.mp4";
        QTest::newRow("input is no video") << "no video" << int(ErrorCode::BadInput) << "model_index.json";
        QTest::newRow("too short") << "short" << int(ErrorCode::BadInput) << "five.mkv has only 5 frames, but 9";
        QTest::newRow("illegal frames") << "frames" << int(ErrorCode::Usage) << "--frames 9";
        QTest::newRow("illegal width") << "width" << int(ErrorCode::Usage) << "--width 48";
        QTest::newRow("smaller than the smallest") << "tiny" << int(ErrorCode::BadInput) << "16×16";
        QTest::newRow("different sizes") << "different" << int(ErrorCode::Usage) << "--width and --height";
        QTest::newRow("no output") << "no output" << int(ErrorCode::Usage) << "--latents-out";
        QTest::newRow("output folder missing") << "output folder" << int(ErrorCode::BadOutput) << "nowhere";
        QTest::newRow("output is a folder") << "output is a folder" << int(ErrorCode::BadOutput) << "";
        QTest::newRow("output is the input") << "over itself" << int(ErrorCode::Usage) << "which --input reads";
        QTest::newRow("output is a frame of the input") << "over a frame" << int(ErrorCode::Usage) << "which --input reads";
        QTest::newRow("report is the input") << "report over it" << int(ErrorCode::Usage) << "--report";
        QTest::newRow("report is the output") << "report is output" << int(ErrorCode::Usage) << "--latents-out";
        QTest::newRow("report is a folder") << "report is a folder" << int(ErrorCode::BadOutput) << "is a folder";
        QTest::newRow("tiles with gaps") << "gaps" << int(ErrorCode::Usage) << "stride";
        QTest::newRow("no such device") << "device" << int(ErrorCode::Device) << "cuda:7";
    }
    void refusesBadRequests()
    {
        QFETCH(QString, what);
        QFETCH(int, code);
        QFETCH(QString, mentions);
        EncodeRequest bad = request({clip("five.mkv", 48, 32, 5)});
        if (what == "none") bad.inputs.clear();
        if (what == "missing") bad.inputs = {path("nowhere.mp4")};
        if (what == "no video") bad.inputs = {m_model / "model_index.json"};
        if (what == "short") bad.frames = 9;
        if (what == "frames") bad.frames = 8;
        if (what == "width") bad.width = 50;
        if (what == "tiny") bad.inputs = {clip("tiny.mkv", 12, 64, 1)};
        if (what == "different") bad.inputs.push_back(clip("other.mkv", 64, 32, 5));
        if (what == "no output") bad.latents_out.clear();
        if (what == "output folder") bad.latents_out = path("nowhere/latents.safetensors");
        if (what == "output is a folder") {
            fs::create_directories(path("folder"));
            bad.latents_out = path("folder");
        }
        const fs::path five = bad.inputs.empty() ? fs::path() : bad.inputs.front();
        if (what == "over itself") bad.latents_out = five.parent_path() / "." / five.filename();
        if (what == "over a frame") {
            bad.inputs = {path("frame-%04d.png")};
            bad.latents_out = path("frame-0001.png");
        }
        if (what == "report over it") bad.report = five;
        if (what == "report is output") bad.report = bad.latents_out;
        if (what == "report is a folder") bad.report = path(".");
        if (what == "device") bad.execution.device = "cuda:7";
        if (what == "gaps") {
            bad.execution.pins.vae = VaeMethod::Tiles;
            bad.execution.pins.tiles = TileGeometry{.tile_width = 32, .tile_height = 32, .stride_width = 40, .stride_height = 24};
        }
        Notices notices;
        const auto report = m_engine->encode(bad, notices, {});
        QVERIFY(!report.has_value());
        qInfo("%s", report.error().message.c_str());
        QCOMPARE(int(report.error().code), code);
        QVERIFY2(report.error().message.find(mentions.toStdString()) != std::string::npos, report.error().message.c_str());
        QVERIFY(!fs::exists(path("latents.safetensors.part")));
    }

    void refusesAModelThatOnlyDecodes()
    {
        EncodeRequest decode_only = request({clip("five.mkv", 48, 32, 5)});
        decode_only.model_dir = decode_only_model();
        QVERIFY(m_engine->inspect(decode_only.model_dir).has_value());
        const Error error = refusal(decode_only);
        QCOMPARE(error.code, ErrorCode::BadModel);
        QVERIFY2(error.message.find("no encoder") != std::string::npos, error.message.c_str());
    }

    void stopsWithoutAFile()
    {
        std::stop_source source;
        test::RecordingListener listener;
        listener.on_progress = [&](const StageProgress& progress) {
            if (progress.done == 3) source.request_stop();
        };
        EncodeRequest stopped = request({clip("five.mkv", 48, 32, 5)});
        stopped.latents_out = path("stopped.safetensors");
        const auto report = m_engine->encode(stopped, listener, source.get_token());
        QVERIFY(!report.has_value());
        QCOMPARE(report.error().code, ErrorCode::Cancelled);
        QCOMPARE(listener.progress.back().done, 3);
        QVERIFY(!fs::exists(stopped.latents_out) && !fs::exists(path("stopped.safetensors.part")));
    }

    void aDamagedClipIsNamedBeforeTheWork()
    {
        const fs::path damaged = path("damaged.mkv");
        fs::copy_file(clip("ten.mkv", 48, 32, 10), damaged);
        fs::resize_file(damaged, fs::file_size(damaged) / 2);
        test::RecordingListener listener;
        const auto report = m_engine->encode(request({damaged}), listener, {});
        QVERIFY(!report.has_value());
        QCOMPARE(report.error().code, ErrorCode::BadInput);
        QVERIFY2(report.error().message.find("damaged.mkv") != std::string::npos, report.error().message.c_str());
        QVERIFY(listener.started.empty());
    }

    void nothingIsHeldAfterARun()
    {
        const EncodeRequest five = request({clip("five.mkv", 48, 32, 5)});
        encode(five);
        const std::int64_t before = HostMemory::live_bytes();
        encode(five);
        QCOMPARE(qint64(HostMemory::live_bytes()), qint64(before));
    }
};

QTEST_APPLESS_MAIN(TestEncode)
#include "test_encode.moc"

#include <QTemporaryDir>
#include <QtTest>

#include <fstream>

#include <ATen/ops/zeros.h>

#include "core/engine/engine.h"
#include "core/engine/latent_file.h"
#include "core/media/video_reader.h"
#include "core/tensor/host_memory.h"
#include "core/tensor/noise.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/recording_listener.h"

using namespace headroom;
namespace fs = std::filesystem;

/// The whole pipeline on the tiny Wan folder, against diffusers' WanPipeline (tests/reference/make_pipeline_goldens.py).
class TestEngine : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    std::unique_ptr<Engine> m_engine;

    fs::path path(const char* name) const { return fs::path(m_dir.path().toStdString()) / name; }

    /// Decodes what the request leaves in its latents_out.
    static DecodeRequest decode_of(const GenerateRequest& request)
    {
        DecodeRequest decode;
        decode.model_dir = request.model_dir;
        decode.latents = request.latents_out;
        decode.execution = request.execution;
        return decode;
    }

    static GenerateRequest golden_request()
    {
        GenerateRequest request;
        request.model_dir = fs::path(HEADROOM_GOLDENS_DIR) / "tiny_wan";
        request.prompt = "a red circle moving right on a blue background";
        request.negative_prompt = "cat";
        request.width = 48;
        request.height = 32;
        request.frames = 9;
        request.steps = 20;
        request.guidance = 5.0;
        request.seed = 7;
        request.execution.device = "cpu";
        request.execution.dtype = ComputeDtype::Float32;
        return request;
    }

    Result<RunReport> run(const GenerateRequest& request, test::RecordingListener& listener, std::stop_token stop = {})
    {
        const auto resolved = TRY(m_engine->resolve(request));
        return m_engine->generate(resolved, TRY(m_engine->plan(resolved)), listener, stop);
    }

    bool state_is_empty() const
    {
        std::error_code error;
        return !fs::exists(path("state/unfinished")) || fs::is_empty(path("state/unfinished"), error);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_engine = make_engine(
            {.demo_model_dir = fs::path(HEADROOM_GOLDENS_DIR) / "tiny_wan", .state_dir = path("state"), .modules_dir = {}});
    }

    void noiseOfASeedIsTorchs()
    {
        const auto golden = test::read_golden("pipeline.safetensors");
        const Tensor noise = NoiseStream(7).normal(golden.at("noise").sizes().vec());
        QVERIFY(noise.equal(golden.at("noise")));
    }

    void pipelineEqualsDiffusers()
    {
        const auto golden = test::read_golden("pipeline.safetensors");
        GenerateRequest request = golden_request();
        request.latents_out = path("latents.safetensors");
        test::RecordingListener listener;
        const auto report = run(request, listener);
        QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());

        const auto latents = read_latents(request.latents_out);
        QVERIFY(latents.has_value());
        const double distance = test::relative_difference(*latents, golden.at("latents"));
        qInfo("latents after 20 steps: relative max|d| %.2e", distance);
        QVERIFY(distance <= 1e-4);

        const Tensor& pixels = golden.at("pixels");  // [frames, height, width, 3]
        QCOMPARE(qint64(listener.frames.size()), qint64(pixels.size(0)));
        std::int64_t beyond_one = 0;
        const auto* expected = pixels.const_data_ptr<std::uint8_t>();
        for (const RgbFrame& frame : listener.frames) {
            for (const std::uint8_t value : frame.pixels) beyond_one += std::abs(int(value) - int(*expected++)) > 1;
        }
        qInfo("pixels more than 1/255 away: %lld of %lld", static_cast<long long>(beyond_one),
              static_cast<long long>(pixels.numel()));
        QVERIFY(double(beyond_one) <= 0.001 * double(pixels.numel()));
    }

    void tellsEachStageInOrder()
    {
        test::RecordingListener listener;
        const auto report = run(golden_request(), listener);
        QVERIFY(report.has_value());
        const std::vector<Stage> expected = {Stage::EncodeText, Stage::Denoise, Stage::Decode};
        QVERIFY(listener.started == expected);
        QCOMPARE(listener.finished.size(), std::size_t(3));
        QCOMPARE(listener.previews.size(), std::size_t(20));
        QCOMPARE(listener.previews.back().step, 20);
        QCOMPARE(listener.previews.back().frames.size(), std::size_t(3));
        QCOMPARE(listener.previews.back().frames.front().width, 6);
        for (const StageReport& stage : report->stages) QVERIFY(stage.measured_peak_bytes > 0);
        QCOMPARE(report->frames, 9);
        QVERIFY(report->seconds_to_first_frame > 0 && report->seconds_to_first_frame <= report->seconds_total);
        QVERIFY(state_is_empty());
    }

    void sameRequestGivesSameBytes()
    {
        test::RecordingListener first;
        test::RecordingListener second;
        GenerateRequest request = golden_request();
        request.steps = 3;
        QVERIFY(run(request, first).has_value());
        QVERIFY(run(request, second).has_value());
        for (std::size_t index = 0; index < first.frames.size(); ++index)
            QVERIFY(first.frames[index].pixels == second.frames[index].pixels);
    }

    void batchItemsAreTheirOwnClips()
    {
        GenerateRequest request = golden_request();
        request.steps = 2;
        request.batch = 2;
        request.output.path = path("pair.mkv");
        test::RecordingListener listener;
        const auto report = run(request, listener);
        QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
        QCOMPARE(listener.frames.size(), std::size_t(18));
        QVERIFY(listener.frames[8].pixels != listener.frames[17].pixels);
        QCOMPARE(report->outputs.size(), std::size_t(2));
        QVERIFY(fs::exists(path("pair.mkv")) && fs::exists(path("pair-2.mkv")));
    }

    void decodeMakesTheSameFrames()
    {
        GenerateRequest request = golden_request();
        request.steps = 2;
        request.latents_out = path("kept.safetensors");
        test::RecordingListener generated;
        QVERIFY(run(request, generated).has_value());

        DecodeRequest decode = decode_of(request);
        test::RecordingListener decoded;
        QVERIFY(m_engine->decode(decode, decoded, {}).has_value());
        QCOMPARE(decoded.frames.size(), generated.frames.size());
        for (std::size_t index = 0; index < decoded.frames.size(); ++index)
            QVERIFY(decoded.frames[index].pixels == generated.frames[index].pixels);
    }

    void aDecodedClipCarriesTheSettingsOfItsRun()
    {
        GenerateRequest request = golden_request();
        request.steps = 1;
        request.fps = 12;
        request.latents_out = path("settings.safetensors");
        test::RecordingListener listener;
        QVERIFY(run(request, listener).has_value());

        DecodeRequest decode = decode_of(request);
        decode.output.path = path("decoded.mkv");
        QVERIFY(m_engine->decode(decode, listener, {}).has_value());
        const auto metadata = media::read_clip_metadata(decode.output.path);
        QVERIFY(metadata.has_value());
        QCOMPARE(metadata->title, request.prompt);
        const auto settings = parse_clip_settings(metadata->comment);
        QVERIFY(settings.has_value());
        QCOMPARE(settings->request.seed, request.seed);
        QCOMPARE(settings->request.negative_prompt, request.negative_prompt);
        QCOMPARE(settings->request.fps, request.fps);
    }

    void stopsInEachStage_data()
    {
        QTest::addColumn<int>("stage");
        QTest::newRow("reading the prompt") << int(Stage::EncodeText);
        QTest::newRow("denoising") << int(Stage::Denoise);
        QTest::newRow("decoding") << int(Stage::Decode);
    }
    void stopsInEachStage()
    {
        QFETCH(int, stage);
        std::stop_source source;
        test::RecordingListener listener;
        listener.on_stage = [&](Stage started) {
            if (int(started) == stage) source.request_stop();
        };
        GenerateRequest request = golden_request();
        request.steps = 3;
        request.output.path = path("stopped.mp4");
        const auto report = run(request, listener, source.get_token());
        QVERIFY(!report.has_value());
        QCOMPARE(report.error().code, ErrorCode::Cancelled);
        QCOMPARE(int(listener.started.back()), stage);
        QVERIFY(!fs::exists(path("stopped.mp4")) && !fs::exists(path("stopped.mp4.part")));
        QVERIFY(listener.frames.empty());
        if (Stage(stage) == Stage::Decode) {
            QVERIFY2(!state_is_empty(), "the denoised latents must survive a decode that did not finish");
            QCOMPARE(listener.kept_latents.size(), std::size_t(1));
            QVERIFY(fs::exists(listener.kept_latents.front()));
            QVERIFY(report.error().message.find(listener.kept_latents.front().string()) != std::string::npos);
            fs::remove_all(path("state/unfinished"));
        }
        QVERIFY(state_is_empty());
    }

    /// A run whose state can't be kept is a run all the same.
    void finishesWithoutAStateFolder()
    {
        std::ofstream(path("no_folder")) << "a file";
        const auto engine = make_engine({.demo_model_dir = {}, .state_dir = path("no_folder"), .modules_dir = {}});
        GenerateRequest request = golden_request();
        request.steps = 1;
        request.output.path = path("stateless.mkv");
        test::RecordingListener listener;
        const auto resolved = engine->resolve(request);
        QVERIFY(resolved.has_value());
        const auto report = engine->generate(*resolved, engine->plan(*resolved).value(), listener, {});
        QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
        QVERIFY(fs::exists(path("stateless.mkv")));
        QVERIFY(std::ranges::any_of(listener.notices,
                                    [](const std::string& notice) { return notice.find("can't be kept") != std::string::npos; }));
    }

    /// What was asked for can't be written any more when it is ready: neither the latents nor the clip are lost.
    void losesNothingWhenTheLatentsFolderGoesAway()
    {
        GenerateRequest request = golden_request();
        request.steps = 2;
        request.output.path = path("whole.mkv");
        request.latents_out = path("going/latents.safetensors");
        fs::create_directories(path("going"));
        test::RecordingListener listener;
        listener.on_progress = [&](const StageProgress& progress) {
            if (progress.stage != Stage::Denoise || progress.done != 2) return;
            fs::remove_all(path("going"));
            std::ofstream(path("going")) << "a file now";
        };
        const auto report = run(request, listener);
        QVERIFY(!report.has_value());
        QCOMPARE(report.error().code, ErrorCode::BadOutput);
        QVERIFY2(report.error().message.starts_with("The clip is finished, but "), report.error().message.c_str());
        QVERIFY(fs::exists(path("whole.mkv")));
        QVERIFY(!state_is_empty());
        const fs::path spare = fs::directory_iterator(path("state/unfinished"))->path();
        QVERIFY(report.error().message.find(spare.string()) != std::string::npos);
        QVERIFY(read_latents(spare).has_value());
        fs::remove_all(path("state/unfinished"));
        fs::remove(path("going"));
    }

    void decodeRefusesABatchThatWouldReplaceOneOfItsClips()
    {
        GenerateRequest request = golden_request();
        request.latents_out = path("batch.safetensors");
        QVERIFY(write_latents(request.latents_out, at::zeros({3, 16, 2, 4, 6})).has_value());
        DecodeRequest decode = decode_of(request);
        decode.output.path = path("b.mp4");
        std::ofstream(path("b-2.mp4")) << "precious";
        test::RecordingListener listener;
        const auto refused = m_engine->decode(decode, listener, {});
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::BadOutput);
        QVERIFY(!fs::exists(path("b.mp4")));
        decode.output.path = request.latents_out;
        decode.output.path.replace_extension(".mkv");
        decode.report = path("batch-3.mkv");
        const auto clash = m_engine->decode(decode, listener, {});
        QVERIFY(!clash.has_value());
        QCOMPARE(clash.error().code, ErrorCode::Usage);
        QVERIFY(listener.started.empty());
    }

    void firstFrameComesBeforeTheLastLatentIsDecoded()
    {
        std::stop_source source;
        test::RecordingListener listener;
        listener.on_frame = [&](int) { source.request_stop(); };
        GenerateRequest request = golden_request();
        request.steps = 1;
        QVERIFY(!run(request, listener, source.get_token()).has_value());
        QCOMPARE(listener.frames.size(), std::size_t(1));
        fs::remove_all(path("state/unfinished"));
    }

    void decodeMemoryDoesNotGrowWithLength()
    {
        const auto peak_of = [&](int latent_frames) -> std::int64_t {
            const auto file = path("zeros.safetensors");
            if (!write_latents(file, at::zeros({1, 16, latent_frames, 4, 6}))) return -1;
            GenerateRequest made = golden_request();
            made.latents_out = file;
            const DecodeRequest decode = decode_of(made);
            test::RecordingListener listener;
            const auto report = m_engine->decode(decode, listener, {});
            // The latents themselves are the only thing whose size follows the length.
            return report ? report->peak_bytes - std::int64_t(latent_frames) * 16 * 4 * 6 * 4 : -1;
        };
        const std::int64_t short_peak = peak_of(9);  // 33 frames
        const std::int64_t long_peak = peak_of(41);  // 161 frames
        qInfo("decode peak without the latents: 33 frames %lld bytes, 161 frames %lld bytes", static_cast<long long>(short_peak),
              static_cast<long long>(long_peak));
        QVERIFY(short_peak > 0);
        QVERIFY(std::abs(long_peak - short_peak) <= 4096);
    }

    void nothingIsHeldAfterARun()
    {
        const std::int64_t before = HostMemory::live_bytes();
        test::RecordingListener listener;
        GenerateRequest request = golden_request();
        request.steps = 2;
        QVERIFY(run(request, listener).has_value());
        QCOMPARE(qint64(HostMemory::live_bytes()), qint64(before));
    }
};

QTEST_APPLESS_MAIN(TestEngine)
#include "test_engine.moc"

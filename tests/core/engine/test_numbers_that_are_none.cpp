#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <limits>
#include <memory>
#include <span>

#include "core/engine/engine.h"
#include "core/engine/latent_file.h"
#include "core/files/safetensors_file.h"
#include "core/files/safetensors_writer.h"
#include "tests/support/recording_listener.h"

using namespace headroom;
namespace fs = std::filesystem;

/// Weights that give NaN, and products that overflow: a run must say so where it happens, before hours were spent on a black
/// clip.
class TestNumbersThatAreNone : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    fs::path m_model = fs::path(m_dir.path().toStdString()) / "model";
    std::unique_ptr<Engine> m_engine =
        make_engine({.demo_model_dir = {}, .state_dir = fs::path(m_dir.path().toStdString()) / "state", .modules_dir = {}});

    fs::path path(const char* name) const { return fs::path(m_dir.path().toStdString()) / name; }

    /// Fills a tensor of the model with `value`.
    void spoil(const char* file, const char* tensor, float value)
    {
        const auto read = files::SafetensorsFile::open(m_model / file);
        QVERIFY(read.has_value());
        std::vector<files::TensorEntry> entries(read->entries().begin(), read->entries().end());
        const auto spoilt = std::ranges::find(entries, tensor, &files::TensorEntry::name);
        QVERIFY2(spoilt != entries.end(), tensor);
        const std::vector<float> values(spoilt->bytes.size() / sizeof value, value);
        spoilt->bytes = std::as_bytes(std::span(values));
        QVERIFY(files::write_safetensors(m_model / file, entries).has_value());
    }

    GenerateRequest request() const
    {
        GenerateRequest request;
        request.model_dir = m_model;
        request.prompt = "a red circle";
        request.width = 48;
        request.height = 32;
        request.frames = 9;
        request.steps = 3;
        request.output.path = path("clip.mkv");
        request.execution.device = "cpu";
        request.execution.dtype = ComputeDtype::Float32;
        return request;
    }

    Result<RunReport> run(const GenerateRequest& request, test::RecordingListener& listener)
    {
        const auto resolved = TRY(m_engine->resolve(request));
        return m_engine->generate(resolved, TRY(m_engine->plan(resolved)), listener, {});
    }

    void check(const Result<RunReport>& report, const char* component, const char* advice) const
    {
        QVERIFY(!report.has_value());
        QCOMPARE(report.error().code, ErrorCode::BadModel);
        const std::string& message = report.error().message;
        QVERIFY2(message.find((m_model / component).string() + ": ") != std::string::npos, message.c_str());
        QVERIFY2(message.find(advice) != std::string::npos, message.c_str());
        QVERIFY(!fs::exists(path("clip.mkv")) && !fs::exists(path("clip.mkv.part")));
    }

private Q_SLOTS:
    void init()
    {
        fs::remove_all(m_model);
        fs::copy(fs::path(HEADROOM_GOLDENS_DIR) / "tiny_wan", m_model, fs::copy_options::recursive);
    }

    void ofTheTextEncoderAreNotKept()
    {
        spoil("text_encoder/model.safetensors", "encoder.final_layer_norm.weight", std::numeric_limits<float>::quiet_NaN());
        for (int time = 0; time < 2; ++time) {
            test::RecordingListener listener;
            check(run(request(), listener), "text_encoder", "damaged");
            QVERIFY(listener.started == std::vector<Stage>{Stage::EncodeText});
        }
    }

    void ofTheTransformerEndTheFirstStep()
    {
        spoil("transformer/diffusion_pytorch_model.safetensors", "proj_out.bias", std::numeric_limits<float>::infinity());
        test::RecordingListener listener;
        GenerateRequest wanted = request();
        wanted.latents_out = path("latents.safetensors");
        check(run(wanted, listener), "transformer", "damaged");
        QVERIFY(listener.frames.empty());
        QVERIFY(std::ranges::none_of(listener.progress,
                                     [](const StageProgress& each) { return each.stage == Stage::Denoise && each.done > 0; }));
        QVERIFY(!fs::exists(wanted.latents_out));
    }

    void thatFp16CantHoldNameTheWayOut()
    {
        spoil("transformer/diffusion_pytorch_model.safetensors", "proj_out.bias", 1e6F);
        GenerateRequest wanted = request();
        wanted.execution.dtype = ComputeDtype::Float16;
        test::RecordingListener listener;
        check(run(wanted, listener), "transformer", "--dtype");
        wanted.execution.dtype = ComputeDtype::BFloat16;
        test::RecordingListener wider;
        const auto report = run(wanted, wider);
        QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
        fs::remove(wanted.output.path);
    }

    void ofTheDecoderLoseNoLatents()
    {
        spoil("vae/diffusion_pytorch_model.safetensors", "decoder.conv_out.bias", std::numeric_limits<float>::quiet_NaN());
        test::RecordingListener listener;
        const auto report = run(request(), listener);
        check(report, "vae", "damaged");
        QVERIFY(listener.frames.empty());
        QCOMPARE(listener.kept_latents.size(), std::size_t(1));
        QVERIFY(read_latents(listener.kept_latents.front()).has_value());
    }

    void ofTheEncoderGiveNoLatents()
    {
        test::RecordingListener listener;
        QVERIFY(run(request(), listener).has_value());
        spoil("vae/diffusion_pytorch_model.safetensors", "quant_conv.bias", std::numeric_limits<float>::quiet_NaN());
        EncodeRequest encode;
        encode.model_dir = m_model;
        encode.inputs = {path("clip.mkv")};
        encode.latents_out = path("encoded.safetensors");
        encode.execution = request().execution;
        const auto refused = m_engine->encode(encode, listener, {});
        fs::remove(path("clip.mkv"));
        check(refused, "vae", "damaged");
        QVERIFY(!fs::exists(encode.latents_out));
    }
};

QTEST_APPLESS_MAIN(TestNumbersThatAreNone)
#include "test_numbers_that_are_none.moc"

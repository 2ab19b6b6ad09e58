#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <fstream>
#include <functional>
#include <limits>

#include <nlohmann/json.hpp>

#include "core/engine/engine.h"
#include "core/files/safetensors_writer.h"
#include "tests/support/recording_listener.h"

using namespace headroom;
namespace fs = std::filesystem;
using Json = nlohmann::json;

/// What the engine refuses before any work: damaged folders, contradictory configs, impossible requests.
class TestEngineRefusals : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    std::unique_ptr<Engine> m_engine;
    fs::path m_good = fs::path(HEADROOM_GOLDENS_DIR) / "tiny_wan";

    using Damage = std::function<void(const fs::path&)>;

    static Damage edit(const std::string& file, std::function<void(Json&)> change)
    {
        return [=](const fs::path& folder) {
            std::ifstream in(folder / file);
            Json json = Json::parse(in);
            in.close();
            change(json);
            std::ofstream(folder / file) << json;
        };
    }
    static Damage set(const std::string& file, const std::string& key, const Json& value)
    {
        return edit(file, [=](Json& json) { json[key] = value; });
    }
    static Damage remove(const std::string& what)
    {
        return [=](const fs::path& folder) { fs::remove_all(folder / what); };
    }
    static Damage truncate(const std::string& file, std::uintmax_t size_bytes)
    {
        return [=](const fs::path& folder) { fs::resize_file(folder / file, size_bytes); };
    }
    static Damage overwrite(const std::string& file, const std::string& content)
    {
        return [=](const fs::path& folder) { std::ofstream(folder / file) << content; };
    }

    static bool is_one_sentence(const std::string& message)
    {
        return !message.empty() && message.find('\n') == std::string::npos && message.find("0x") == std::string::npos;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_engine = make_engine(
            {.demo_model_dir = m_good, .state_dir = fs::path(m_dir.path().toStdString()) / "state", .modules_dir = {}});
        QVERIFY(m_engine->inspect({}).has_value());
    }

    void refusesDamagedFolders_data()
    {
        QTest::addColumn<Damage>("damage");
        QTest::addColumn<QString>("mentions");
        const auto row = [](const char* name, const Damage& damage, const char* mentions) {
            QTest::newRow(name) << damage << QString(mentions);
        };
        row("no model_index.json", remove("model_index.json"), "model_index.json");
        row("model_index.json is not JSON", overwrite("model_index.json", "{"), "model_index.json");
        row("unknown pipeline class", set("model_index.json", "_class_name", "StableDiffusionPipeline"), "WanPipeline");
        row("no pipeline class", edit("model_index.json", [](Json& json) { json.erase("_class_name"); }), "_class_name");
        row("vae of another family", set("model_index.json", "vae", Json::array({"diffusers", "AutoencoderKLCogVideoX"})),
            "AutoencoderKLWan");
        row("text encoder of another family",
            set("model_index.json", "text_encoder", Json::array({"transformers", "CLIPTextModel"})), "UMT5EncoderModel");
        row("transformer of another family",
            set("model_index.json", "transformer", Json::array({"diffusers", "CogVideoXTransformer3DModel"})),
            "WanTransformer3DModel");
        row("component left out", edit("model_index.json", [](Json& json) { json.erase("vae"); }), "vae");
        row("null component", set("model_index.json", "transformer", Json::array({nullptr, nullptr})), "transformer");
        row("component folder missing", remove("transformer"), "transformer");
        row(
            "two transformers",
            [](const fs::path& folder) {
                fs::copy(folder / "transformer", folder / "transformer_2", fs::copy_options::recursive);
                set("model_index.json", "transformer_2", Json::array({"diffusers", "WanTransformer3DModel"}))(folder);
            },
            "transformer_2");
        row("config missing", remove("vae/config.json"), "config.json");
        row("config is a list", overwrite("vae/config.json", "[]"), "config.json");
        row("weights missing", remove("transformer/diffusion_pytorch_model.safetensors"), "safetensors");
        row("weights truncated", truncate("transformer/diffusion_pytorch_model.safetensors", 5000),
            "diffusion_pytorch_model.safetensors");
        row("weights empty", truncate("vae/diffusion_pytorch_model.safetensors", 0), "diffusion_pytorch_model.safetensors");
        row("weights are a LFS pointer",
            overwrite("vae/diffusion_pytorch_model.safetensors",
                      "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
            "LFS");
        row("text encoder weights missing", remove("text_encoder/model.safetensors"), "text_encoder");
        row("more layers than the weights have", set("transformer/config.json", "num_layers", 4), "blocks.3");
        row("another width than the weights have", set("transformer/config.json", "ffn_dim", 64), "ffn");
        row("layers are no number", set("transformer/config.json", "num_layers", "many"), "num_layers");
        row("no layers", set("transformer/config.json", "num_layers", 0), "num_layers");
        row("odd head dim", set("transformer/config.json", "attention_head_dim", 11), "attention_head_dim");
        row("image to video", set("transformer/config.json", "image_dim", 1280), "image");
        row(
            "transformer and vae disagree",
            [](const fs::path& folder) {
                set("transformer/config.json", "in_channels", 12)(folder);
                set("transformer/config.json", "out_channels", 12)(folder);
            },
            "in_channels");
        row("transformer and text encoder disagree", set("transformer/config.json", "text_dim", 48), "text_dim");
        row("latent statistics of another length", set("vae/config.json", "latents_mean", Json::array({0.0})), "latents_mean");
        row("vae of another form", set("vae/config.json", "is_residual", true), "up_blocks");
        row("text encoder of another type", set("text_encoder/config.json", "feed_forward_proj", "gated-silu"), "gated-silu");
        row("unknown scheduler", set("scheduler/scheduler_config.json", "_class_name", "PNDMScheduler"), "PNDMScheduler");
        row("scheduler config missing", remove("scheduler/scheduler_config.json"), "scheduler");
        row(
            "tokenizer missing",
            [](const fs::path& folder) {
                remove("tokenizer/tokenizer.json")(folder);
                remove("tokenizer/spiece.model")(folder);
            },
            "tokenizer");
        row("tokenizer damaged", overwrite("tokenizer/tokenizer.json", "{\"model\": 3}"), "tokenizer.json");
        row("headroom.json damaged", overwrite("headroom.json", "{\"defaults\": {\"width\": \"wide\"}}"), "headroom.json");
    }
    void refusesDamagedFolders()
    {
        QFETCH(Damage, damage);
        QFETCH(QString, mentions);
        QTemporaryDir copy;
        const fs::path folder = fs::path(copy.path().toStdString()) / "model";
        fs::copy(m_good, folder, fs::copy_options::recursive);
        damage(folder);

        GenerateRequest request;
        request.model_dir = folder;
        request.prompt = "x";
        const auto resolved = m_engine->resolve(request);
        QVERIFY2(!resolved.has_value(), "a damaged folder was taken");
        const Error& error = resolved.error();
        QVERIFY2(error.code == ErrorCode::BadModel, error.message.c_str());
        QVERIFY2(is_one_sentence(error.message), error.message.c_str());
        QVERIFY2(error.message.find(mentions.toStdString()) != std::string::npos, error.message.c_str());
    }

    void refusesImpossibleRequests_data()
    {
        QTest::addColumn<GenerateRequest>("request");
        QTest::addColumn<QString>("mentions");
        QTest::addColumn<int>("code");
        const auto row = [](const char* name, std::function<void(GenerateRequest&)> change, const char* mentions,
                            ErrorCode code) {
            GenerateRequest request;
            request.prompt = "x";
            change(request);
            QTest::newRow(name) << request << QString(mentions) << int(code);
        };
        row(
            "width not divisible", [](auto& r) { r.width = 50; }, "48", ErrorCode::Usage);
        row(
            "height not divisible", [](auto& r) { r.height = 41; }, "48", ErrorCode::Usage);
        row(
            "width zero", [](auto& r) { r.width = 0; }, "--width", ErrorCode::Usage);
        row(
            "negative height", [](auto& r) { r.height = -16; }, "--height", ErrorCode::Usage);
        row(
            "absurd width", [](auto& r) { r.width = 1 << 30; }, "--width", ErrorCode::Usage);
        row(
            "frames not 4k+1", [](auto& r) { r.frames = 10; }, "9", ErrorCode::Usage);
        row(
            "no steps", [](auto& r) { r.steps = 0; }, "--steps", ErrorCode::Usage);
        row(
            "guidance not a number", [](auto& r) { r.guidance = std::nan(""); }, "--guidance", ErrorCode::Usage);
        row(
            "infinite guidance", [](auto& r) { r.guidance = INFINITY; }, "--guidance", ErrorCode::Usage);
        row(
            "no fps", [](auto& r) { r.fps = 0; }, "--fps", ErrorCode::Usage);
        row(
            "empty batch", [](auto& r) { r.batch = 0; }, "--batch", ErrorCode::Usage);
        row(
            "no such device", [](auto& r) { r.execution.device = "cuda:77"; }, "cuda:77", ErrorCode::Device);
        row(
            "not a device", [](auto& r) { r.execution.device = "tpu"; }, "tpu", ErrorCode::Usage);
        row(
            "model folder missing", [](auto& r) { r.model_dir = "/nowhere/at/all"; }, "/nowhere/at/all", ErrorCode::BadModel);
        row(
            "latents missing", [](auto& r) { r.latents_in = "/nowhere.safetensors"; }, "/nowhere.safetensors",
            ErrorCode::BadInput);
        row(
            "output folder missing", [](auto& r) { r.output.path = "/nowhere/at/all/clip.mp4"; }, "/nowhere/at/all",
            ErrorCode::BadOutput);
        row(
            "unknown extension", [](auto& r) { r.output.path = "/tmp/clip.avi"; }, ".mp4", ErrorCode::Usage);
        const fs::path folder = m_dir.path().toStdString();
        row(
            "output name too long", [=](auto& r) { r.output.path = folder / (std::string(250, 'x') + ".mp4"); }, "too long",
            ErrorCode::BadOutput);
        row(
            "latents-out is a folder", [=](auto& r) { r.latents_out = folder; }, "is a folder", ErrorCode::BadOutput);
        row(
            "latents-out folder missing", [=](auto& r) { r.latents_out = folder / "none" / "l.safetensors"; }, "none",
            ErrorCode::BadOutput);
        row(
            "latents-out where nothing can be", [](auto& r) { r.latents_out = "/proc/l.safetensors"; }, "/proc",
            ErrorCode::BadOutput);
        row(
            "report is a folder", [=](auto& r) { r.report = folder; }, "is a folder", ErrorCode::BadOutput);
        row(
            "report folder missing", [=](auto& r) { r.report = folder / "none" / "r.json"; }, "none", ErrorCode::BadOutput);
        row(
            "latents-out is the clip", [=](auto& r) { r.output.path = r.latents_out = folder / "c.mp4"; }, "--output",
            ErrorCode::Usage);
        row(
            "report is the clip", [=](auto& r) { r.output.path = r.report = folder / "c.mp4"; }, "--output", ErrorCode::Usage);
        row(
            "report is the second clip",
            [=](auto& r) {
                r.batch = 2;
                r.output.path = folder / "c.mp4";
                r.report = folder / "c-2.mp4";
            },
            "--report", ErrorCode::Usage);
        row(
            "report is a frame",
            [=](auto& r) {
                r.output.path = folder / "f-%04d.png";
                r.report = folder / "f-0001.png";
            },
            "--report", ErrorCode::Usage);
        row(
            "report is the clip's settings",
            [=](auto& r) {
                r.output.path = folder / "c.gif";
                r.report = folder / "c.gif.json";
            },
            "--report", ErrorCode::Usage);
        row(
            "report is the latents", [=](auto& r) { r.latents_out = r.report = folder / "l.safetensors"; }, "--latents-out",
            ErrorCode::Usage);
        row(
            "prompt too long for a clip",
            [=](auto& r) {
                r.prompt = std::string(9000, 'x');
                r.output.path = folder / "c.mp4";
            },
            "shorten the prompt", ErrorCode::Usage);
    }
    void refusesImpossibleRequests()
    {
        QFETCH(GenerateRequest, request);
        QFETCH(QString, mentions);
        QFETCH(int, code);
        const auto resolved = m_engine->resolve(request);
        QVERIFY2(!resolved.has_value(), "an impossible request was taken");
        QVERIFY2(int(resolved.error().code) == code, resolved.error().message.c_str());
        QVERIFY2(is_one_sentence(resolved.error().message), resolved.error().message.c_str());
        QVERIFY2(resolved.error().message.find(mentions.toStdString()) != std::string::npos, resolved.error().message.c_str());
    }

    void refusesUnfitLatents_data()
    {
        QTest::addColumn<files::TensorEntry>("entry");
        QTest::addColumn<QString>("mentions");
        constexpr std::size_t kNumberBytes = 4;
        static const std::vector<float> zeros(16 * 4 * 4, 0.0F),
            not_numbers(zeros.size(), std::numeric_limits<float>::quiet_NaN());
        const auto row = [](const char* name, files::TensorEntry entry, const std::vector<float>& numbers, const char* mentions) {
            std::int64_t count = 1;
            for (const std::int64_t size : entry.shape) count *= size;
            entry.bytes = std::as_bytes(std::span(numbers)).first(std::size_t(count) * kNumberBytes);
            QTest::newRow(name) << entry << QString(mentions);
        };
        using files::StoredDtype;
        row("of another name", {"samples", StoredDtype::F32, {1, 16, 1, 4, 4}, {}}, zeros, "latents");
        row("of another dtype", {"latents", StoredDtype::I32, {1, 16, 1, 4, 4}, {}}, zeros, "I32");
        row("four axes", {"latents", StoredDtype::F32, {16, 1, 4, 4}, {}}, zeros, "five axes");
        row("no frame", {"latents", StoredDtype::F32, {1, 16, 0, 4, 4}, {}}, zeros, "[1, 16, 0, 4, 4]");
        row("no clip", {"latents", StoredDtype::F32, {0, 16, 1, 4, 4}, {}}, zeros, "[0, 16, 1, 4, 4]");
        row("other channels", {"latents", StoredDtype::F32, {1, 8, 1, 4, 4}, {}}, zeros, "[1, 8, 1, 4, 4]");
        row("not finite", {"latents", StoredDtype::F32, {1, 16, 1, 4, 4}, {}}, not_numbers, "finite");
    }
    void refusesUnfitLatents()
    {
        QFETCH(files::TensorEntry, entry);
        QFETCH(QString, mentions);
        DecodeRequest request;
        request.latents = fs::path(m_dir.path().toStdString()) / "unfit.safetensors";
        request.execution.device = "cpu";
        QVERIFY(files::write_safetensors(request.latents, std::span(&entry, 1)).has_value());
        test::RecordingListener listener;
        const auto decoded = m_engine->decode(request, listener, {});
        QVERIFY2(!decoded.has_value(), "unfit latents were taken");
        QVERIFY2(decoded.error().code == ErrorCode::BadInput, decoded.error().message.c_str());
        QVERIFY2(is_one_sentence(decoded.error().message), decoded.error().message.c_str());
        QVERIFY2(decoded.error().message.find(mentions.toStdString()) != std::string::npos, decoded.error().message.c_str());
    }

    void fillsInWhatIsLeftOut()
    {
        GenerateRequest request;
        request.prompt = "x";
        const auto resolved = m_engine->resolve(request);
        QVERIFY2(resolved.has_value(), resolved ? "" : resolved.error().message.c_str());
        QCOMPARE(*resolved->width % 16, 0);
        QCOMPARE(*resolved->frames, 81);
        QCOMPARE(*resolved->steps, 50);
        QCOMPARE(*resolved->guidance, 5.0);
        QCOMPARE(*resolved->fps, 16);
    }
};

QTEST_APPLESS_MAIN(TestEngineRefusals)
#include "test_engine_refusals.moc"

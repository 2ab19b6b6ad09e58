#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>

#include <nlohmann/json.hpp>

#include "core/models/registry.h"
#include "tests/support/folder_damage.h"

using namespace headroom;
using namespace headroom::models;
namespace fs = std::filesystem;
using Json = nlohmann::json;
using test::Damage, test::edit, test::set, test::take, test::without;
Q_DECLARE_METATYPE(Damage)

namespace {

const fs::path kGoldens = HEADROOM_GOLDENS_DIR;
constexpr const char* kWeights = "diffusion_pytorch_model.safetensors";

/// Opens a folder and holds its weights against its configs, as a run does.
Result<std::unique_ptr<VideoModel>> opened(const fs::path& folder)
{
    auto model = TRY(open_model(TRY(files::ModelFolder::open(folder))));
    TRY(model->check_weights());
    return model;
}

}  // namespace

/// Folders of every kind of Wan model (test_engine_refusals has more ways to spoil one of 2.1).
class TestWanFolder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesTheTinyFolders_data()
    {
        QTest::addColumn<QString>("folder");
        for (const char* folder : {"tiny_wan", "tiny_wan22_a14b", "tiny_wan22_ti2v"}) QTest::newRow(folder) << folder;
    }
    void takesTheTinyFolders()
    {
        QFETCH(QString, folder);
        const auto model = opened(kGoldens / folder.toStdString());
        QVERIFY2(model.has_value(), model ? "" : model.error().message.c_str());
        QVERIFY((*model)->check_encoder_weights().has_value());
    }

    void saysWhatIsDamaged_data()
    {
        QTest::addColumn<QString>("tiny");
        QTest::addColumn<Damage>("damage");
        QTest::addColumn<QString>("part_of_message");
        const Json absent = {nullptr, nullptr};
        for (const char* tiny : {"tiny_wan", "tiny_wan22_a14b", "tiny_wan22_ti2v"}) {
            const auto row = [&](const std::string& name, Damage damage, const std::string& message) {
                QTest::newRow(fmt::format("{}: {}", tiny, name).c_str())
                    << tiny << std::move(damage) << QString::fromStdString(message);
            };
            for (const char* component : {"tokenizer", "text_encoder", "transformer", "vae", "scheduler"}) {
                row(fmt::format("no {}", component), set("model_index.json", component, absent),
                    fmt::format("the component '{}' is missing", component));
            }
            row("another text encoder", set("model_index.json", "text_encoder", {"transformers", "T5EncoderModel"}),
                "only UMT5EncoderModel");
            row("another family's transformer",
                set("model_index.json", "transformer", {"diffusers", "CogVideoXTransformer3DModel"}),
                "only WanTransformer3DModel");
            row("another kind of scheduler", set("model_index.json", "scheduler", {"diffusers", "CogVideoXDDIMScheduler"}),
                "only UniPCMultistepScheduler and FlowMatchEulerDiscreteScheduler");
            row("another family's VAE", set("model_index.json", "vae", {"diffusers", "AutoencoderKLHunyuanVideo"}),
                "only AutoencoderKLWan");
            row("the config of another VAE", take("vae/config.json", kGoldens / "tiny_hunyuan_video/vae/config.json"),
                "vae/config.json");
            row("the weights of another VAE", take(fmt::format("vae/{}", kWeights), kGoldens / "tiny_cogvideox/vae" / kWeights),
                fmt::format("vae/{}", kWeights));
            row("the folder of the text encoder gone", without("text_encoder"), "text_encoder");
            row("the tokenizer's folder gone", without("tokenizer"), "tokenizer");
            row(
                "the tokenizer's files gone",
                [](const fs::path& folder) {
                    for (const char* file : {"tokenizer.json", "spiece.model"}) fs::remove(folder / "tokenizer" / file);
                },
                "tokenizer");
            row("more layers than weights", set("transformer/config.json", "num_layers", 9), "blocks.");
            row("text of another width", set("transformer/config.json", "text_dim", 4096), "not of one model");
            row("latents of another width",
                edit("transformer/config.json", [](Json& json) { json["in_channels"] = json["out_channels"] = 12; }),
                "not of one model");
        }
        const auto row = [](const char* name, const char* tiny, Damage damage, const char* message) {
            QTest::newRow(name) << tiny << std::move(damage) << QString(message);
        };
        constexpr const char* kA14b = "tiny_wan22_a14b";
        row("the second transformer's folder gone", kA14b, without("transformer_2"), "transformer_2");
        row("the second transformer's weights gone", kA14b, without(fmt::format("transformer_2/{}", kWeights)), "transformer_2");
        row("another second transformer", kA14b,
            set("model_index.json", "transformer_2", {"diffusers", "CogVideoXTransformer3DModel"}),
            "'transformer_2' is of class 'CogVideoXTransformer3DModel'");
        row("second transformer of another patch", kA14b, set("transformer_2/config.json", "patch_size", {1, 4, 4}),
            "'patch_size' must be those of");
        row("second transformer with more layers", kA14b, set("transformer_2/config.json", "num_layers", 9), "blocks.");
        row("no boundary", kA14b, edit("model_index.json", [](Json& json) { json.erase("boundary_ratio"); }),
            "'boundary_ratio' is missing");
        row("a boundary beyond all steps", kA14b, set("model_index.json", "boundary_ratio", 1.5),
            "'boundary_ratio' must be within 0 and 1");
        row("a boundary without a second transformer", kA14b, set("model_index.json", "transformer_2", absent),
            "'boundary_ratio' is 0.875");
        row(
            "the VAE of 2.1 in TI2V", "tiny_wan22_ti2v",
            [](const fs::path& folder) {
                fs::remove_all(folder / "vae");
                fs::copy(kGoldens / "tiny_wan" / "vae", folder / "vae", fs::copy_options::recursive);
            },
            "transformer and vae are not of one model");
        row("the VAE's weights of 2.1 in TI2V", "tiny_wan22_ti2v",
            take(fmt::format("vae/{}", kWeights), kGoldens / "tiny_wan/vae" / kWeights), "vae/");
        row(
            "image to video", "tiny_wan",
            [](const fs::path& folder) {
                fs::create_directory(folder / "image_encoder");
                set("model_index.json", "image_encoder", {"transformers", "CLIPVisionModel"})(folder);
            },
            "'image_encoder' is not supported yet");
    }
    void saysWhatIsDamaged()
    {
        QFETCH(QString, tiny);
        QFETCH(Damage, damage);
        QFETCH(QString, part_of_message);
        const QTemporaryDir dir;
        const fs::path folder = fs::path(dir.path().toStdString()) / "model";
        fs::copy(kGoldens / tiny.toStdString(), folder, fs::copy_options::recursive);
        damage(folder);
        const auto model = opened(folder);
        QVERIFY(!model.has_value());
        QCOMPARE(model.error().code, ErrorCode::BadModel);
        const QString message = QString::fromStdString(model.error().message);
        QVERIFY2(message.contains(part_of_message) && !message.contains('\n'), qPrintable(message));
    }

    void takesTheSchedulerThatTheIndexNames()
    {
        const QTemporaryDir dir;
        const fs::path folder = fs::path(dir.path().toStdString()) / "model";
        fs::copy(kGoldens / "tiny_wan", folder, fs::copy_options::recursive);
        set("model_index.json", "scheduler", {"diffusers", "FlowMatchEulerDiscreteScheduler"})(folder);
        const auto model = opened(folder);
        QVERIFY2(model.has_value(), model ? "" : model.error().message.c_str());
        const auto scheduler = (*model)->make_scheduler({.steps = 4, .guidance = 5.0, .extra = {}});
        QVERIFY2(scheduler.has_value(), scheduler ? "" : scheduler.error().message.c_str());
        // UniPC's config has no 'shift': 1 to 0.001 in even steps, where UniPC would start from 999.
        const std::vector<double> expected{1000.0, 667.0, 334.0, 1.0};
        for (std::size_t i = 0; i < expected.size(); ++i) QVERIFY(std::abs((*scheduler)->timesteps()[i] - expected[i]) < 1e-3);
    }

    void shiftsAsDiffusersWhereTheSchedulerSaysNothing()
    {
        for (const char* tiny : {"tiny_wan", "tiny_wan22_a14b", "tiny_wan22_ti2v"}) {
            const QTemporaryDir dir;
            const fs::path folder = fs::path(dir.path().toStdString()) / "model";
            fs::copy(kGoldens / tiny, folder, fs::copy_options::recursive);
            edit("scheduler/scheduler_config.json", [](Json& json) { json.erase("flow_shift"); })(folder);
            const auto model = opened(folder);
            QVERIFY2(model.has_value(), model ? "" : model.error().message.c_str());
            QCOMPARE((*model)->info().extra_settings.back().value, 1.0);
        }
    }
};

QTEST_APPLESS_MAIN(TestWanFolder)
#include "test_wan_folder.moc"

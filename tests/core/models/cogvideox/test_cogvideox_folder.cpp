#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <fstream>
#include <functional>

#include <ATen/ops/arange.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <nlohmann/json.hpp>

#include "core/models/registry.h"
#include "tests/support/folder_damage.h"
#include "tests/support/golden_tensors.h"

using namespace headroom;
using namespace headroom::models;
namespace fs = std::filesystem;
using Json = nlohmann::json;
using test::Damage, test::edit, test::overwrite, test::set, test::without;

namespace {

Result<std::unique_ptr<VideoModel>> open(const fs::path& folder)
{
    return open_model(TRY(files::ModelFolder::open(folder)));
}

/// Opens the folder and holds its weights against its configs, as a run does before it begins.
Result<void> open_and_check(const fs::path& folder, int steps)
{
    const auto model = TRY(open(folder));
    TRY(model->check_weights());
    TRY(model->make_scheduler({.steps = steps, .guidance = 6.0, .extra = {}}));
    return {};
}

fs::path golden(const char* folder)
{
    return fs::path(HEADROOM_GOLDENS_DIR) / folder;
}

}  // namespace

class TestCogVideoXFolder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesTheTinyFolders_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::newRow("1.0") << "tiny_cogvideox";
        QTest::newRow("1.5") << "tiny_cogvideox_15";
    }
    void takesTheTinyFolders()
    {
        QFETCH(QString, folder);
        const auto checked = open_and_check(golden(qPrintable(folder)), 50);
        QVERIFY2(checked.has_value(), checked ? "" : checked.error().message.c_str());
        QVERIFY((*open(golden(qPrintable(folder))))->check_encoder_weights().has_value());
    }

    void refusesDamagedFolders_data()
    {
        QTest::addColumn<Damage>("damage");
        QTest::addColumn<QString>("mentions");
        const auto row = [](const char* name, const Damage& damage, const char* mentions) {
            QTest::newRow(name) << damage << QString(mentions);
        };
        const std::string transformer = "transformer/config.json";
        row("vae of another family", set("model_index.json", "vae", Json::array({"diffusers", "AutoencoderKLWan"})),
            "AutoencoderKLCogVideoX");
        row("text encoder of another family",
            set("model_index.json", "text_encoder", Json::array({"transformers", "UMT5EncoderModel"})), "T5EncoderModel");
        row("transformer of another family",
            set("model_index.json", "transformer", Json::array({"diffusers", "WanTransformer3DModel"})),
            "CogVideoXTransformer3DModel");
        row("scheduler of another kind", set("model_index.json", "scheduler", Json::array({"diffusers", "DDIMScheduler"})),
            "CogVideoXDPMScheduler");
        for (const char* component : {"tokenizer", "text_encoder", "transformer", "vae", "scheduler"}) {
            QTest::newRow(fmt::format("no {}", component).c_str())
                << set("model_index.json", component, Json::array({nullptr, nullptr}))
                << QString("the component '%1' is missing").arg(component);
        }
        row("the config of another VAE", test::take("vae/config.json", golden("tiny_wan") / "vae" / "config.json"),
            "vae/config.json");
        row("the weights of another VAE",
            test::take("vae/diffusion_pytorch_model.safetensors",
                       golden("tiny_hunyuan_video") / "vae" / "diffusion_pytorch_model.safetensors"),
            "vae/diffusion_pytorch_model.safetensors");
        row("the tokenizer's folder gone", without("tokenizer"), "tokenizer");
        row("component left out", edit("model_index.json", [](Json& json) { json.erase("tokenizer"); }), "'tokenizer'");
        row("component folder missing", without("scheduler"), "scheduler");
        row("config missing", without(transformer), "config.json");
        row("weights missing", without("transformer/diffusion_pytorch_model.safetensors"), "safetensors");
        row(
            "weights cut off",
            [](const fs::path& folder) { fs::resize_file(folder / "vae/diffusion_pytorch_model.safetensors", 9000); },
            "diffusion_pytorch_model.safetensors");
        row("more layers than the weights have", set(transformer, "num_layers", 3), "transformer_blocks.2");
        row("another width than the weights have", set(transformer, "time_embed_dim", 8), "time_embedding");
        row("frames in patches, but weights of 1.0", set(transformer, "patch_size_t", 1), "patch_embed.proj");
        row(
            "biases that the weights have not",
            [](const fs::path& folder) { set("text_encoder/config.json", "num_layers", 3)(folder); }, "encoder.block.2");
        row(
            "image to video", [=](const fs::path& folder) { set(transformer, "in_channels", 32)(folder); }, "image-to-video");
        row(
            "transformer and vae disagree",
            [=](const fs::path& folder) {
                set(transformer, "in_channels", 12)(folder);
                set(transformer, "out_channels", 12)(folder);
            },
            "'latent_channels'");
        row("transformer and vae disagree in time", set(transformer, "temporal_compression_ratio", 8),
            "'temporal_compression_ratio'");
        row("transformer and text encoder disagree", set(transformer, "text_embed_dim", 48), "'text_embed_dim'");
        row("text encoder of another type", set("text_encoder/config.json", "model_type", "umt5"), "\"umt5\", expected \"t5\"");
        row("tokenizer missing", without("tokenizer/spiece.model"), "tokenizer");
        row("tokenizer damaged", overwrite("tokenizer/spiece.model", "not a model"), "spiece.model");
        row("tokenizer's tokens damaged", overwrite("tokenizer/tokenizer_config.json", "{\"added_tokens_decoder\": 3}"),
            "tokenizer_config.json");
        row("scheduler's betas damaged", set("scheduler/scheduler_config.json", "beta_end", "much"), "'beta_end'");
        row("too few timesteps for the steps", set("scheduler/scheduler_config.json", "num_train_timesteps", 10),
            "50 steps are too many");
        row("headroom.json damaged", overwrite("headroom.json", "{\"latent_rgb\": {\"factors\": [[1, 2, 3]]}}"), "16 rows");
        row("headroom.json without numbers", overwrite("headroom.json", "{\"defaults\": {\"width\": \"wide\"}}"),
            "headroom.json");
    }
    void refusesDamagedFolders()
    {
        QFETCH(Damage, damage);
        QFETCH(QString, mentions);
        QTemporaryDir copy;
        const fs::path folder = fs::path(copy.path().toStdString()) / "model";
        fs::copy(golden("tiny_cogvideox"), folder, fs::copy_options::recursive);
        damage(folder);
        const auto opened = open_and_check(folder, 50);
        QVERIFY2(!opened.has_value(), "a damaged folder was taken");
        const std::string& message = opened.error().message;
        QVERIFY2(opened.error().code == ErrorCode::BadModel || opened.error().code == ErrorCode::Usage, message.c_str());
        QVERIFY2(message.find('\n') == std::string::npos && message.find(mentions.toStdString()) != std::string::npos,
                 message.c_str());
    }

    void takesTheSchedulerThatTheIndexNames()
    {
        QTemporaryDir copy;
        const fs::path folder = fs::path(copy.path().toStdString()) / "model";
        fs::copy(golden("tiny_cogvideox"), folder, fs::copy_options::recursive);
        set("model_index.json", "scheduler",
            Json::array({"diffusers", "CogVideoXDPMScheduler"}))(folder);  // the config says DDIM
        const auto model = open(folder);
        QVERIFY(model.has_value());
        const auto scheduler = (*model)->make_scheduler({.steps = 2, .guidance = 6.0, .extra = {}});
        QVERIFY(scheduler.has_value());
        int draws = 0;
        (*scheduler)->step(at::zeros({1, 1}), 0, at::zeros({1, 1}), [&](const Tensor& like) {
            ++draws;
            return at::zeros_like(like);
        });
        QCOMPARE(draws, 1);
    }

    void describesItself()
    {
        const auto first = open(golden("tiny_cogvideox")).value();
        QCOMPARE(first->info().family_name, std::string("CogVideoX"));
        QCOMPARE(first->info().defaults.width, 96);
        QCOMPARE(first->info().defaults.height, 64);
        QCOMPARE(first->info().defaults.frames, 9);
        QCOMPARE(first->info().defaults.fps, 8);
        QCOMPARE(first->info().defaults.guidance, 6.0);
        QCOMPARE(first->info().width_rule.step, 16);
        QCOMPARE(first->info().extra_settings.size(), std::size_t(1));
        QCOMPARE(first->info().components.size(), std::size_t(3));
        const auto second = open(golden("tiny_cogvideox_15")).value();
        QCOMPARE(second->info().family_name, std::string("CogVideoX 1.5"));
        QCOMPARE(second->info().defaults.fps, 16);
        QCOMPARE(second->info().width_rule.maximum, 320);
        QCOMPARE(second->info().presets.size(), std::size_t(2));
        QCOMPARE(second->info().presets.back().values.frames, 33);
    }

    /// Legal are the numbers of frames that the reference returns when it is asked for them.
    void takesTheLengthsThatTheReferenceMakes_data() { takesTheTinyFolders_data(); }
    void takesTheLengthsThatTheReferenceMakes()
    {
        QFETCH(QString, folder);
        const Tensor counts = test::read_golden("frame_counts_cogvideox.safetensors").at(folder.toStdString());
        const auto model = open(golden(qPrintable(folder))).value();
        const NumberRule& rule = model->info().frames_rule;
        int legal = 0;
        for (int frames = 1; frames < counts.size(0); ++frames) {
            const auto returned = counts[frames].item<std::int64_t>();
            QCOMPARE(rule.allows(frames), returned == frames);
            if (returned != frames) continue;
            ++legal;
            QCOMPARE(model->clip_size(model->latent_shape({48, 32, frames}, 1))->frames, frames);
        }
        QCOMPARE(legal, 9);  // 1, and 8k and 8k + 1 up to 33
    }

    void describesThePublishedModels_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("frames");
        QTest::addColumn<double>("billions");  // of the transformer
        QTest::newRow("2b") << "cogvideox-2b" << 720 << 480 << 49 << 1.69;
        QTest::newRow("5b") << "cogvideox-5b" << 720 << 480 << 49 << 5.57;
        QTest::newRow("1.5") << "cogvideox1.5-5b" << 1360 << 768 << 81 << 5.57;
    }
    void describesThePublishedModels()
    {
        QFETCH(QString, folder);
        QFETCH(int, width);
        QFETCH(int, height);
        QFETCH(int, frames);
        QFETCH(double, billions);
        const auto model = open_catalog_model(fs::path(HEADROOM_SOURCE_DIR) / "resources" / "catalog" / folder.toStdString());
        QVERIFY2(model.has_value(), model ? "" : model.error().message.c_str());
        const ModelInfo& info = (*model)->info();
        QCOMPARE(info.defaults.width, width);
        QCOMPARE(info.defaults.height, height);
        QCOMPARE(info.defaults.frames, frames);
        QVERIFY2(std::abs(double(info.components[1].parameters) / 1e9 - billions) < 0.02,
                 qPrintable(QString::number(info.components[1].parameters)));
        QVERIFY(std::abs(double(info.components[0].parameters) / 1e9 - 4.76) < 0.02);
        const auto refused = (*model)->check_weights();
        QVERIFY(!refused.has_value());
        QVERIFY(QString::fromStdString(refused.error().message).contains("configs only"));
    }

    /// Of an odd number of latent frames 1.5 denoises one more, before the clip, which no one else sees.
    void fillsUpPatchesBeforeTheClip()
    {
        const auto model = open(golden("tiny_cogvideox_15")).value();
        const ClipSize odd{48, 32, 9}, even{48, 32, 8};
        QCOMPARE(model->noise_shape(odd, 2), (std::vector<std::int64_t>{2, 4, 16, 4, 6}));
        QCOMPARE(model->latent_shape(odd, 2), (std::vector<std::int64_t>{2, 3, 16, 4, 6}));
        QCOMPARE(model->noise_shape(even, 1), (std::vector<std::int64_t>{1, 2, 16, 4, 6}));
        QCOMPARE(model->latent_shape(even, 1), (std::vector<std::int64_t>{1, 2, 16, 4, 6}));
        QCOMPARE(model->latent_size(odd).frames, 3);
        QCOMPARE(model->denoiser_shape(odd).tokens, std::int64_t(2 * 2 * 3));
        QCOMPARE(model->denoiser_shape(even).tokens, std::int64_t(2 * 3));
        QCOMPARE(model->clip_size({1, 4, 16, 4, 6})->frames, 16);
        QCOMPARE(model->clip_size({1, 3, 16, 4, 6})->frames, 9);
        QCOMPARE(model->clip_size({1, 1, 16, 4, 6})->frames, 1);
        const Tensor latents = at::arange(4 * 16 * 24).view({1, 4, 16, 4, 6});
        QVERIFY(model->without_filling(latents, odd).equal(latents.narrow(1, 1, 3)));
        QVERIFY(model->without_filling(latents, {48, 32, 16}).equal(latents));
        QVERIFY(model->preview_latents(latents, 0).equal(latents[0].transpose(0, 1)));
        const auto first = open(golden("tiny_cogvideox")).value();
        QCOMPARE(first->noise_shape(odd, 1), (std::vector<std::int64_t>{1, 3, 16, 4, 6}));
        QVERIFY(first->without_filling(latents, odd).equal(latents));
        QVERIFY(!first->clip_size({1, 16, 3, 4, 6}).has_value());
    }

    void padsPromptsWithTokensThatAreRead()
    {
        const auto model = open(golden("tiny_cogvideox")).value();
        const auto tokens =
            model->tokenize({"a red circle", ""}, {.steps = 1, .guidance = 6.0, .extra = {}}).value().at("text_encoder");
        QCOMPARE(tokens.size(), std::size_t(2));
        for (const auto& [name, ids] : tokens) {
            QCOMPARE(ids.size(), std::size_t(226));
            QCOMPARE(ids.back(), 0);
        }
        QCOMPARE(tokens.at("negative_prompt_embeds").front(), 1);
        QCOMPARE(model->tokenize({"a", ""}, {.steps = 1, .guidance = 1.0, .extra = {}}).value().at("text_encoder").size(),
                 std::size_t(1));
    }
};

QTEST_APPLESS_MAIN(TestCogVideoXFolder)
#include "test_cogvideox_folder.moc"

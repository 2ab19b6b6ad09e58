#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <fstream>
#include <functional>

#include <nlohmann/json.hpp>

#include "core/models/hunyuan_video/hunyuan_video_folder.h"
#include "core/models/hunyuan_video/prompt_template.h"
#include "core/models/registry.h"
#include "tests/support/folder_damage.h"

using namespace headroom;
using namespace headroom::models;
namespace fs = std::filesystem;

using test::Damage, test::set, test::take, test::without;
Q_DECLARE_METATYPE(Damage)

namespace {

const fs::path kTiny = fs::path(HEADROOM_GOLDENS_DIR) / "tiny_hunyuan_video";
const fs::path kCatalog = fs::path(HEADROOM_SOURCE_DIR) / "resources" / "catalog" / "hunyuan-video";

/// Opens a folder and holds its weights against its configs, as a run does.
Result<std::unique_ptr<VideoModel>> opened(const fs::path& folder)
{
    auto model = TRY(open_model(TRY(files::ModelFolder::open(folder))));
    TRY(model->check_weights());
    return model;
}

}  // namespace

class TestHunyuanVideoFolder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void saysWhatIsDamaged_data()
    {
        QTest::addColumn<Damage>("damage");
        QTest::addColumn<QString>("part_of_message");
        const auto row = [](const char* name, Damage damage, const char* message) {
            QTest::newRow(name) << std::move(damage) << QString(message);
        };
        const nlohmann::json absent = {nullptr, nullptr};
        for (const char* component :
             {"tokenizer", "text_encoder", "tokenizer_2", "text_encoder_2", "transformer", "vae", "scheduler"}) {
            const std::string name = std::string("no ") + component;
            QTest::newRow(name.c_str()) << set("model_index.json", component, absent)
                                        << QString("the component '%1' is missing").arg(component);
        }
        row("folder of the second encoder gone", without("text_encoder_2"), "text_encoder_2");
        row("another text encoder", set("model_index.json", "text_encoder", {"transformers", "UMT5EncoderModel"}),
            "'text_encoder' is of class 'UMT5EncoderModel', but only LlamaModel");
        row("another family's transformer", set("model_index.json", "transformer", {"diffusers", "WanTransformer3DModel"}),
            "only HunyuanVideoTransformer3DModel is supported");
        row("another family's VAE", set("model_index.json", "vae", {"diffusers", "AutoencoderKLWan"}),
            "only AutoencoderKLHunyuanVideo");
        row("another scheduler", set("model_index.json", "scheduler", {"diffusers", "UniPCMultistepScheduler"}),
            "only FlowMatchEulerDiscreteScheduler");
        row("the config of another VAE",
            take("vae/config.json", fs::path(HEADROOM_GOLDENS_DIR) / "tiny_wan" / "vae" / "config.json"), "vae/config.json");
        row("the weights of another VAE",
            take("vae/diffusion_pytorch_model.safetensors",
                 fs::path(HEADROOM_GOLDENS_DIR) / "tiny_wan" / "vae" / "diffusion_pytorch_model.safetensors"),
            "vae/diffusion_pytorch_model.safetensors");
        row("tokenizer gone", without("tokenizer/tokenizer.json"), "tokenizer has no tokenizer.json");
        row("merges of the second tokenizer gone", without("tokenizer_2/merges.txt"), "merges.txt");
        row("vocabulary of the second tokenizer gone", without("tokenizer_2/vocab.json"),
            "has neither tokenizer.json nor vocab.json");
        row("tokenizer of another family",
            take("tokenizer/tokenizer.json", fs::path(HEADROOM_GOLDENS_DIR) / "tiny_wan" / "tokenizer" / "tokenizer.json"),
            "type \"Unigram\", expected \"BPE\"");
        row("latents of another width", set("vae/config.json", "latent_channels", 4), "the vae's 'latent_channels' is 4");
        row("text of another width", set("transformer/config.json", "text_embed_dim", 4096),
            "the text encoder's 'hidden_size' is 32");
        row("pooled text of another width", set("transformer/config.json", "pooled_projection_dim", 768),
            "the second text encoder's 'hidden_size' is 24");
        row("too few positions", set("text_encoder_2/config.json", "max_position_embeddings", 64),
            "gives the second text encoder 77 tokens");
        row("a single layer", set("text_encoder/config.json", "num_hidden_layers", 1), "the pipeline leaves 2 layers out");
        row("more layers than weights", set("text_encoder/config.json", "num_hidden_layers", 9), "layers.4");
        row("fewer words than weights", set("text_encoder_2/config.json", "vocab_size", 5), "token_embedding");
        row("more blocks than weights", set("transformer/config.json", "num_single_layers", 7), "single_transformer_blocks");
        row("image to video", set("transformer/config.json", "image_condition_type", "token_replace"), "image");
        row("a rotary embedding unknown", set("text_encoder/config.json", "rope_scaling", {{"rope_type", "yarn"}}), "\"yarn\"");
    }
    void saysWhatIsDamaged()
    {
        QFETCH(Damage, damage);
        QFETCH(QString, part_of_message);
        const QTemporaryDir dir;
        const fs::path folder = fs::path(dir.path().toStdString()) / "model";
        fs::copy(kTiny, folder, fs::copy_options::recursive);
        damage(folder);
        const auto model = opened(folder);
        QVERIFY(!model.has_value());
        QCOMPARE(model.error().code, ErrorCode::BadModel);
        const QString message = QString::fromStdString(model.error().message);
        QVERIFY2(message.contains(part_of_message), qPrintable(message));
    }

    void describesItself()
    {
        const auto model = opened(kTiny);
        QVERIFY2(model.has_value(), model ? "" : model.error().message.c_str());
        const ModelInfo& info = (*model)->info();
        QCOMPARE(info.defaults.width, 1280);
        QCOMPARE(info.defaults.height, 720);
        QCOMPARE(info.defaults.frames, 129);
        QCOMPARE(info.defaults.steps, 50);
        QCOMPARE(info.defaults.guidance, 6.0);
        QVERIFY(info.width_rule.allows(944) && !info.width_rule.allows(952));
        QVERIFY(info.frames_rule.allows(1) && info.frames_rule.allows(129) && !info.frames_rule.allows(128));
        QCOMPARE(info.components.size(), std::size_t(4));
        QCOMPARE(info.extra_settings.front().key, std::string(hunyuan_video::kTrueGuidance));
        QCOMPARE(info.extra_settings.front().value, 1.0);
        QCOMPARE((*model)->latent_shape({1280, 720, 129}, 2), (std::vector<std::int64_t>{2, 16, 33, 90, 160}));
        QCOMPARE((*model)->denoiser_shape({1280, 720, 129}).tokens, std::int64_t(118800));
        const auto size = (*model)->clip_size({1, 16, 33, 90, 160});
        QVERIFY(size && size->width == 1280 && size->height == 720 && size->frames == 129);
        QVERIFY(!(*model)->clip_size({1, 4, 33, 90, 160}).has_value());
    }

    void cutsThePromptsForBothEncoders()
    {
        const auto model = opened(kTiny);
        QVERIFY(model.has_value());
        DenoiseSettings settings;
        const TextTokens plain = *(*model)->tokenize({"a red circle", "cat"}, settings);
        QCOMPARE(plain.at("text_encoder").size(), std::size_t(1));
        const auto& ids = plain.at("text_encoder").at("prompt_embeds");
        const auto empty = *(*model)->tokenize({"", ""}, settings);
        QCOMPARE(empty.at("text_encoder").at("prompt_embeds").size(), hunyuan_video::kTemplateTokens + 1);  // <|eot_id|>
        QVERIFY(ids.size() > hunyuan_video::kTemplateTokens + 1);
        settings.extra[hunyuan_video::kTrueGuidance] = 1.5;
        QVERIFY((*model)->uses_negative_prompt(settings));
        const TextTokens both = *(*model)->tokenize({std::string(5000, 'x') + " y", "cat"}, settings);
        QCOMPARE(both.at("text_encoder").at("prompt_embeds").size(), hunyuan_video::kPromptTokens);
        QCOMPARE(both.at("text_encoder_2").at("pooled_prompt_embeds").size(), hunyuan_video::kClipTokens);
        QVERIFY(both.at("text_encoder").contains("negative_prompt_embeds") &&
                both.at("text_encoder_2").contains("negative_pooled_prompt_embeds"));
    }

    void laysTheStepsAsThePipelineDoes()
    {
        const auto model = opened(kTiny);
        QVERIFY(model.has_value());
        const auto scheduler = (*model)->make_scheduler({.steps = 30, .guidance = 6.0, .extra = {}});
        QVERIFY(scheduler.has_value());
        const std::vector<double>& timesteps = (*scheduler)->timesteps();
        QCOMPARE(timesteps.size(), std::size_t(30));
        // 1000 · 7 s / (1 + 6 s) with s = 1, 29/30, 28/30, …, 1/30
        QVERIFY(std::abs(timesteps[0] - 1000.0) < 1e-3 && std::abs(timesteps[1] - 995.0980) < 1e-3);
        QVERIFY(std::abs(timesteps[2] - 989.8990) < 1e-3 && std::abs(timesteps[29] - 194.4444) < 1e-3);
        const auto other = (*model)->make_scheduler({.steps = 30, .guidance = 6.0, .extra = {{hunyuan_video::kFlowShift, 1.0}}});
        QVERIFY(std::abs((*other)->timesteps()[29] - 1000.0 / 30) < 1e-3);
        QVERIFY(!(*model)->make_scheduler({.steps = 0, .guidance = 6.0, .extra = {}}).has_value());
    }

    void knowsThePublishedModel()
    {
        const auto model = open_catalog_model(kCatalog);
        QVERIFY2(model.has_value(), model ? "" : model.error().message.c_str());
        const std::vector<ComponentInfo>& components = (*model)->info().components;
        const auto billions = [&](int i) { return double(components[std::size_t(i)].parameters) / 1e9; };
        QVERIFY(std::abs(billions(0) - (7.505 - 2 * 0.2181)) < 0.005);  // two layers are not read
        QVERIFY(std::abs(billions(1) - 0.1231) < 0.001);
        QVERIFY(std::abs(billions(2) - 12.82) < 0.01);
        QVERIFY(std::abs(billions(3) - 0.1461) < 0.001);
        QVERIFY(!(*model)->check_weights().has_value());
        QVERIFY(!(*model)->check_encoder_weights().has_value());
    }
};

QTEST_APPLESS_MAIN(TestHunyuanVideoFolder)
#include "test_hunyuan_video_folder.moc"

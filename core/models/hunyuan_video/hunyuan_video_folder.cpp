#include "core/models/hunyuan_video/hunyuan_video_folder.h"

#include <array>

#include "core/base/json_fields.h"
#include "core/base/translatable.h"
#include "core/files/message_text.h"
#include "core/models/hunyuan_video/prompt_template.h"

namespace headroom::models::hunyuan_video {

namespace {

constexpr std::array kSchedulers = {"FlowMatchEulerDiscreteScheduler"};

constexpr std::array kComponents = {RequiredComponent{"tokenizer", nullptr},
                                    RequiredComponent{"text_encoder", "LlamaModel"},
                                    RequiredComponent{"tokenizer_2", nullptr},
                                    RequiredComponent{"text_encoder_2", "CLIPTextModel"},
                                    RequiredComponent{"transformer", "HunyuanVideoTransformer3DModel"},
                                    RequiredComponent{"vae", "AutoencoderKLHunyuanVideo"},
                                    RequiredComponent{"scheduler", kSchedulers[0]}};

// Positions reach as far as one likes; beyond this no clip is meant.
constexpr std::int64_t kMostTokensAlongAnEdge = 256;
constexpr std::int64_t kMostLatentFrames = 256;

// The linear map that the community fitted to the published VAE's normalised latents.
constexpr std::array<std::array<float, 3>, 16> kPublishedFactors = {{{-0.0395F, -0.0331F, 0.0445F},
                                                                     {0.0696F, 0.0795F, 0.0518F},
                                                                     {0.0135F, -0.0945F, -0.0282F},
                                                                     {0.0108F, -0.0250F, -0.0765F},
                                                                     {-0.0209F, 0.0032F, 0.0224F},
                                                                     {-0.0804F, -0.0254F, -0.0639F},
                                                                     {-0.0991F, 0.0271F, -0.0669F},
                                                                     {-0.0646F, -0.0422F, -0.0400F},
                                                                     {-0.0696F, -0.0595F, -0.0894F},
                                                                     {-0.0799F, -0.0208F, -0.0375F},
                                                                     {0.1166F, 0.1627F, 0.0962F},
                                                                     {0.1165F, 0.0432F, 0.0407F},
                                                                     {-0.2315F, -0.1920F, -0.1355F},
                                                                     {-0.0270F, 0.0401F, -0.0821F},
                                                                     {-0.0616F, -0.0997F, -0.0727F},
                                                                     {0.0249F, -0.0469F, -0.1703F}}};
constexpr std::array<float, 3> kPublishedBias = {0.0259F, -0.0192F, -0.0761F};

NumberRule size_rule(const HunyuanVideoConfigs& configs)
{
    const int step = int(configs.vae.spatial_compression_ratio * configs.transformer.patch_size);
    return {.minimum = step, .maximum = int(kMostTokensAlongAnEdge) * step, .step = step, .offset = 0};
}

NumberRule frames_rule(const HunyuanVideoConfigs& configs)
{
    const int patch = int(configs.transformer.patch_size_t);
    const int shortest = int(configs.vae.pixel_frames(patch));
    return {.minimum = shortest,
            .maximum = int(configs.vae.pixel_frames(kMostLatentFrames * patch)),
            .step = int(configs.vae.temporal_compression_ratio) * patch,
            .offset = shortest};
}

std::vector<ExtraSetting> extra_settings(const HunyuanVideoConfigs& configs)
{
    const nlohmann::json shift = configs.scheduler.value("shift", nlohmann::json());
    return {{.key = kTrueGuidance,
             .label = translatable("FamilyText", "Guidance with the negative prompt"),
             .help = translatable("FamilyText",
                                  "Above 1 every step has a second pass with the negative prompt and takes twice as long"),
             .kind = ExtraSetting::Kind::Number,
             .minimum = 1,
             .maximum = 100,
             .step = 0.5,
             .value = 1},
            {.key = kFlowShift,
             .label = translatable("FamilyText", "Flow shift"),
             .help = translatable(
                 "FamilyText", "Above 1 more of the steps go to high noise, where the motion is decided; fewer steps want more"),
             .kind = ExtraSetting::Kind::Number,
             .minimum = 0.1,
             .maximum = 100,
             .step = 0.5,
             .value = shift.is_number() ? shift.get<double>() : 1.0}};
}

/// What the components say of each other.
Result<void> check_together(const HunyuanVideoConfigs& configs, const std::string& transformer, const std::string& clip)
{
    const TransformerConfig& stated = configs.transformer;
    if (stated.in_channels != configs.vae.latent_channels) {
        return fail(ErrorCode::BadModel,
                    "{}: 'in_channels' is {}, but the vae's 'latent_channels' is {}; transformer and vae are not of one model",
                    transformer, stated.in_channels, configs.vae.latent_channels);
    }
    if (stated.text_embed_dim != configs.text_encoder.hidden_size) {
        return fail(ErrorCode::BadModel,
                    "{}: 'text_embed_dim' is {}, but the text encoder's 'hidden_size' is {}; the two are not of one model",
                    transformer, stated.text_embed_dim, configs.text_encoder.hidden_size);
    }
    if (stated.pooled_projection_dim != configs.text_encoder_2.hidden_size) {
        return fail(
            ErrorCode::BadModel,
            "{}: 'pooled_projection_dim' is {}, but the second text encoder's 'hidden_size' is {}; the two are not of one model",
            transformer, stated.pooled_projection_dim, configs.text_encoder_2.hidden_size);
    }
    if (configs.text_encoder_2.max_position_embeddings < std::int64_t(kClipTokens)) {
        return fail(ErrorCode::BadModel,
                    "{}: 'max_position_embeddings' is {}, but the pipeline gives the second text encoder {} tokens", clip,
                    configs.text_encoder_2.max_position_embeddings, kClipTokens);
    }
    return {};
}

}  // namespace

Result<void> check_components(const files::ModelFolder& folder)
{
    return models::check_components(folder, "HunyuanVideo", kComponents);
}

Result<HunyuanVideoConfigs> read_configs(const files::ModelFolder& folder)
{
    const auto where = [&](const char* component) { return files::shown(folder.path() / component / "config.json"); };
    HunyuanVideoConfigs configs;
    configs.text_encoder = TRY(text::parse_llama_config(TRY(folder.config("text_encoder")), where("text_encoder")));
    configs.text_encoder_2 = TRY(text::parse_clip_config(TRY(folder.config("text_encoder_2")), where("text_encoder_2")));
    configs.transformer = TRY(parse_transformer_config(TRY(folder.config("transformer")), where("transformer")));
    configs.vae = TRY(parse_vae_config(TRY(folder.config("vae")), where("vae")));
    configs.scheduler = TRY(scheduler_config(folder, kSchedulers));
    if (configs.text_encoder.num_hidden_layers < kSkippedLayers) {
        return fail(ErrorCode::BadModel, "{}: 'num_hidden_layers' is {}, but the pipeline leaves {} layers out",
                    where("text_encoder"), configs.text_encoder.num_hidden_layers, kSkippedLayers);
    }
    TRY(check_together(configs, where("transformer"), where("text_encoder_2")));
    return configs;
}

FolderHints published_hints(const HunyuanVideoConfigs& configs)
{
    FolderHints hints;
    hints.defaults = {.width = 1280, .height = 720, .frames = 129, .steps = 50, .guidance = 6.0, .fps = 24, .prompt = {}};
    GenerationDefaults small = hints.defaults;
    small.width = 960;
    small.height = 544;
    hints.presets = {{translatable("FamilyText", "720p"), hints.defaults, {}}, {translatable("FamilyText", "540p"), small, {}}};
    const auto channels = std::size_t(configs.vae.latent_channels);
    if (channels == kPublishedFactors.size()) {
        hints.latent_rgb = {{kPublishedFactors.begin(), kPublishedFactors.end()}, kPublishedBias};
    } else {
        hints.latent_rgb.factors.resize(channels);  // of another VAE no colours are known: a grey picture
    }
    return hints;
}

ModelInfo describe_model(const files::ModelFolder& folder, const HunyuanVideoConfigs& configs, const FolderHints& hints)
{
    ModelInfo info = describe_folder(folder, hints);
    info.family_name = "HunyuanVideo";
    info.width_rule = size_rule(configs);
    info.height_rule = info.width_rule;
    info.frames_rule = frames_rule(configs);
    info.extra_settings = extra_settings(configs);
    fit_defaults(info);
    return info;
}

}  // namespace headroom::models::hunyuan_video

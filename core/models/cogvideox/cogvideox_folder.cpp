#include "core/models/cogvideox/cogvideox_folder.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/base/translatable.h"
#include "core/files/message_text.h"
#include "core/models/cogvideox/cogvideox_denoiser.h"

namespace headroom::models::cogvideox {

namespace {

constexpr std::array kSchedulers = {"CogVideoXDDIMScheduler", "CogVideoXDPMScheduler"};

constexpr std::array kComponents = {RequiredComponent{"tokenizer", nullptr}, RequiredComponent{"text_encoder", "T5EncoderModel"},
                                    RequiredComponent{"transformer", "CogVideoXTransformer3DModel"},
                                    RequiredComponent{"vae", "AutoencoderKLCogVideoX"}, RequiredComponent{"scheduler", nullptr}};

// Positions reach as far as one likes in 1.0; beyond this no clip is meant.
constexpr std::int64_t kMostTokensAlongAnEdge = 1024;
constexpr int kMostFrameSteps = 128;

// The linear map that the community fitted to the published VAE's normalised latents.
constexpr std::array<std::array<float, 3>, 16> kPublishedFactors = {{{0.1195F, 0.0992F, -0.0048F},
                                                                     {-0.0012F, 0.0550F, 0.0213F},
                                                                     {-0.0141F, -0.0087F, -0.0210F},
                                                                     {0.0306F, 0.1219F, 0.0140F},
                                                                     {0.0927F, 0.0303F, 0.0508F},
                                                                     {0.0379F, 0.0494F, 0.0586F},
                                                                     {0.0177F, 0.0088F, 0.0360F},
                                                                     {0.1061F, 0.0234F, 0.0572F},
                                                                     {0.1274F, -0.0110F, 0.0433F},
                                                                     {-0.0187F, 0.0822F, 0.1061F},
                                                                     {0.0084F, 0.0762F, 0.0930F},
                                                                     {0.1294F, 0.1236F, 0.0448F},
                                                                     {0.0457F, 0.0411F, -0.0177F},
                                                                     {0.0002F, -0.0140F, 0.0533F},
                                                                     {0.0808F, 0.1155F, -0.0215F},
                                                                     {-0.0152F, -0.0058F, 0.0722F}}};

bool is_1_5(const CogVideoXConfigs& configs)
{
    return configs.transformer.patch_size_t > 0;
}

NumberRule size_rule(const CogVideoXConfigs& configs, std::int64_t sample_size)
{
    const TransformerConfig& transformer = configs.transformer;
    const int step = int(configs.vae.spatial_scale() * transformer.patch_size);
    const bool counts_positions = is_1_5(configs) && transformer.positions == TransformerConfig::Positions::Rotary;
    const std::int64_t most = counts_positions ? sample_size / transformer.patch_size : kMostTokensAlongAnEdge;
    return {.minimum = step, .maximum = int(most) * step, .step = step, .offset = 0};
}

/// The VAE makes groups of frames of two latent frames each, and one frame of a latent frame that is left over: 8k and 8k + 1.
/// Asked for another number, the reference makes the next of these.
NumberRule frames_rule(const CogVideoXConfigs& configs)
{
    const int step = int(VaeConfig::kLatentBatch * configs.vae.temporal_compression_ratio);
    return {.minimum = 1, .maximum = 1 + kMostFrameSteps * step, .step = step, .offset = 1, .second_offset = 0};
}

/// How far what the components say of each other agrees.
Result<void> check_together(const CogVideoXConfigs& configs, const std::string& transformer)
{
    if (configs.transformer.in_channels != configs.vae.latent_channels) {
        return fail(ErrorCode::BadModel,
                    "{}: 'in_channels' is {}, but the vae's 'latent_channels' is {}; transformer and vae are not of one model",
                    transformer, configs.transformer.in_channels, configs.vae.latent_channels);
    }
    if (configs.transformer.text_embed_dim != configs.text_encoder.d_model) {
        return fail(ErrorCode::BadModel,
                    "{}: 'text_embed_dim' is {}, but the text encoder's 'd_model' is {}; the two are not of one model",
                    transformer, configs.transformer.text_embed_dim, configs.text_encoder.d_model);
    }
    if (configs.transformer.temporal_compression_ratio != configs.vae.temporal_compression_ratio) {
        return fail(ErrorCode::BadModel,
                    "{}: 'temporal_compression_ratio' is {}, but the vae's is {}; transformer and vae are not of one model",
                    transformer, configs.transformer.temporal_compression_ratio, configs.vae.temporal_compression_ratio);
    }
    return {};
}

}  // namespace

std::int64_t CogVideoXConfigs::filling_frames(std::int64_t pixel_frames) const
{
    const std::int64_t patch = transformer.patch_frames();
    return (patch - vae.latent_frames(pixel_frames) % patch) % patch;
}

Result<void> check_components(const files::ModelFolder& folder)
{
    TRY(models::check_components(folder, "CogVideoX", kComponents));
    return check_scheduler(folder, kSchedulers);
}

Result<CogVideoXConfigs> read_configs(const files::ModelFolder& folder)
{
    const auto where = [&](const char* component) { return files::shown(folder.path() / component / "config.json"); };
    CogVideoXConfigs configs;
    configs.text_encoder = TRY(text::read_t5_config(folder.path() / "text_encoder" / "config.json"));
    configs.transformer = TRY(parse_transformer_config(TRY(folder.config("transformer")), where("transformer")));
    configs.vae = TRY(parse_vae_config(TRY(folder.config("vae")), where("vae")));
    configs.scheduler = TRY(scheduler_config(folder, kSchedulers));
    TRY(check_together(configs, where("transformer")));
    return configs;
}

FolderHints published_hints(const CogVideoXConfigs& configs)
{
    const int scale = int(configs.vae.spatial_scale());
    FolderHints hints;
    hints.defaults = {.width = int(configs.transformer.sample_width) * scale,
                      .height = int(configs.transformer.sample_height) * scale,
                      .frames = int(configs.transformer.sample_frames),
                      .steps = 50,
                      .guidance = 6.0,
                      .fps = is_1_5(configs) ? 16 : 8,
                      .prompt = {}};
    if (is_1_5(configs)) {
        // The config names the largest picture that has positions; the authors ask for this one.
        hints.defaults.width = std::min(hints.defaults.width, 1360);
        hints.defaults.height = std::min(hints.defaults.height, 768);
        GenerationDefaults longer = hints.defaults;
        longer.frames = 2 * (hints.defaults.frames - 1) + 1;
        hints.presets = {{translatable("FamilyText", "Usual length"), hints.defaults, {}},
                         {translatable("FamilyText", "Double length"), longer, {}}};
    }
    const auto channels = std::size_t(configs.vae.latent_channels);
    if (channels == kPublishedFactors.size()) {
        hints.latent_rgb.factors.assign(kPublishedFactors.begin(), kPublishedFactors.end());
    } else {
        hints.latent_rgb.factors.resize(channels);  // of another VAE no colours are known: a grey picture
    }
    return hints;
}

ModelInfo describe_model(const files::ModelFolder& folder, const CogVideoXConfigs& configs, const FolderHints& hints)
{
    ModelInfo info = describe_folder(folder, hints);
    info.family_name = is_1_5(configs) ? "CogVideoX 1.5" : "CogVideoX";
    info.width_rule = size_rule(configs, configs.transformer.sample_width);
    info.height_rule = size_rule(configs, configs.transformer.sample_height);
    info.frames_rule = frames_rule(configs);
    info.extra_settings = {
        {.key = kDynamicGuidance,
         .label = translatable("FamilyText", "Dynamic guidance"),
         .help = translatable("FamilyText", "The guidance follows the timestep instead of being the same at every step"),
         .kind = ExtraSetting::Kind::Switch}};
    fit_defaults(info);
    return info;
}

}  // namespace headroom::models::cogvideox

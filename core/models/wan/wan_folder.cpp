#include "core/models/wan/wan_folder.h"

#include <algorithm>
#include <array>

#include "core/base/json_fields.h"
#include "core/base/translatable.h"
#include "core/files/message_text.h"

namespace headroom::models::wan {

namespace {

constexpr const char* kTransformerClass = "WanTransformer3DModel";

constexpr std::array kSchedulers = {"UniPCMultistepScheduler", "FlowMatchEulerDiscreteScheduler"};

// diffusers' default of both schedulers.
constexpr double kUnstatedFlowShift = 1.0;

constexpr std::array kComponents = {RequiredComponent{"tokenizer", nullptr},
                                    RequiredComponent{"text_encoder", "UMT5EncoderModel"},
                                    RequiredComponent{"transformer", kTransformerClass},
                                    RequiredComponent{"vae", "AutoencoderKLWan"}, RequiredComponent{"scheduler", nullptr}};

NumberRule size_rule(std::int64_t patch, const WanConfigs& configs)
{
    const int step = int(configs.vae.scale_factor_spatial * patch);
    return {.minimum = step, .maximum = int(configs.transformer.rope_max_seq_len) * step, .step = step, .offset = 0};
}

NumberRule frames_rule(const WanConfigs& configs)
{
    const int temporal = int(configs.vae.scale_factor_temporal);
    const int patch = int(configs.transformer.patch_size[0]);
    const int shortest = 1 + (patch - 1) * temporal;
    const int most_latents = int(configs.transformer.rope_max_seq_len) * patch;
    return {.minimum = shortest, .maximum = 1 + (most_latents - 1) * temporal, .step = temporal * patch, .offset = shortest};
}

/// Wan 2.2 A14B: a second transformer, and where in time it takes over.
Result<void> read_second_transformer(WanConfigs& configs, const files::ModelFolder& folder)
{
    const std::string where = files::shown(folder.path() / "transformer_2" / "config.json");
    const std::string index = files::shown(folder.path() / "model_index.json");
    configs.transformer_2 = TRY(parse_transformer_config(TRY(folder.config("transformer_2")), where));
    const JsonFields fields(folder.index_json(), index);
    if (!fields.has("boundary_ratio")) {
        return fail(ErrorCode::BadModel,
                    "{}: 'boundary_ratio' is missing; a model with a transformer_2 says there from which share of the noise "
                    "levels the first one computes (Wan 2.2 A14B: 0.875)",
                    index);
    }
    configs.boundary_ratio = TRY(fields.number("boundary_ratio", 0));
    if (configs.boundary_ratio < 0 || configs.boundary_ratio > 1) {
        return fail(ErrorCode::BadModel, "{}: 'boundary_ratio' must be within 0 and 1, but is {}", index, configs.boundary_ratio);
    }
    const TransformerConfig& first = configs.transformer;
    const TransformerConfig& second = *configs.transformer_2;
    if (first.in_channels != second.in_channels || first.text_dim != second.text_dim || first.patch_size != second.patch_size) {
        return fail(ErrorCode::BadModel,
                    "{}: 'in_channels', 'text_dim' and 'patch_size' must be those of transformer/config.json; the "
                    "two transformers are not of one model",
                    where);
    }
    return {};
}

/// A model that is to change transformers must have two.
Result<void> refuse_lone_boundary(const files::ModelFolder& folder)
{
    const std::string index = files::shown(folder.path() / "model_index.json");
    const JsonFields fields(folder.index_json(), index);
    const double boundary = fields.has("boundary_ratio") ? TRY(fields.number("boundary_ratio", 0)) : 0;
    if (boundary <= 0) return {};
    return fail(ErrorCode::BadModel,
                "{}: 'boundary_ratio' is {}, below which the component 'transformer_2' computes, but that is missing; the "
                "folder is not whole",
                index, boundary);
}

/// The scheduler configs of Wan folders name it in two ways.
const char* shift_key(const nlohmann::json& scheduler)
{
    return scheduler.value("_class_name", "") == "FlowMatchEulerDiscreteScheduler" ? "shift" : "flow_shift";
}

std::vector<ExtraSetting> extra_settings(const WanConfigs& configs)
{
    std::vector<ExtraSetting> settings;
    if (configs.transformer_2) {
        settings.push_back({.key = kGuidance2,
                            .label = translatable("FamilyText", "Guidance at little noise"),
                            .help = translatable("FamilyText", "Guidance of the second transformer, which paints the details"),
                            .kind = ExtraSetting::Kind::Number,
                            .minimum = 0,
                            .maximum = 100,
                            .step = 0.5,
                            .value = kPublishedGuidance2,
                            .follows_guidance = true});
    }
    const nlohmann::json stated = configs.scheduler.value(shift_key(configs.scheduler), nlohmann::json());
    settings.push_back(
        {.key = kFlowShift,
         .label = translatable("FamilyText", "Flow shift"),
         .help = translatable("FamilyText",
                              "Above 1 more of the steps go to high noise, where the motion is decided; larger clips want more"),
         .kind = ExtraSetting::Kind::Number,
         .minimum = 0.1,
         .maximum = 100,
         .step = 0.5,
         .value = stated.is_number() ? stated.get<double>() : kUnstatedFlowShift});
    return settings;
}

}  // namespace

nlohmann::json with_flow_shift(nlohmann::json scheduler, double flow_shift)
{
    scheduler[shift_key(scheduler)] = flow_shift;
    return scheduler;
}

double training_timesteps(const nlohmann::json& scheduler)
{
    const nlohmann::json stated = scheduler.value("num_train_timesteps", nlohmann::json());
    return stated.is_number() ? stated.get<double>() : 1000.0;
}

Result<void> check_components(const files::ModelFolder& folder)
{
    TRY(models::check_components(folder, "Wan", kComponents));
    TRY(check_scheduler(folder, kSchedulers));
    const std::string index = files::shown(folder.path() / "model_index.json");
    for (const char* unsupported : {"image_encoder", "image_processor"}) {
        if (!folder.component(unsupported)) continue;
        return fail(ErrorCode::BadModel, "{}: the component '{}' is not supported yet; Wan text-to-video models are", index,
                    unsupported);
    }
    const files::ComponentRef* second = folder.component("transformer_2");
    if (second && second->class_name != kTransformerClass) {
        return fail(ErrorCode::BadModel, "{}: the component 'transformer_2' is of class {}, but only {} is supported there",
                    index, files::in_quotes(second->class_name), kTransformerClass);
    }
    return {};
}

Result<WanConfigs> read_configs(const files::ModelFolder& folder)
{
    const auto where = [&](const char* component) { return files::shown(folder.path() / component / "config.json"); };
    WanConfigs configs;
    configs.text_encoder = TRY(text::read_umt5_config(folder.path() / "text_encoder" / "config.json"));
    configs.transformer = TRY(parse_transformer_config(TRY(folder.config("transformer")), where("transformer")));
    configs.vae = TRY(parse_vae_config(TRY(folder.config("vae")), where("vae")));
    configs.scheduler = TRY(scheduler_config(folder, kSchedulers));
    const JsonFields pipeline(folder.index_json(), files::shown(folder.path() / "model_index.json"));
    configs.expands_timesteps = TRY(pipeline.boolean("expand_timesteps", false));
    TRY(folder.component("transformer_2") ? read_second_transformer(configs, folder) : refuse_lone_boundary(folder));

    if (configs.transformer.in_channels != configs.vae.z_dim) {
        return fail(ErrorCode::BadModel,
                    "{}: 'in_channels' is {}, but the vae's 'z_dim' is {}; transformer and vae are not of one model",
                    where("transformer"), configs.transformer.in_channels, configs.vae.z_dim);
    }
    if (configs.transformer.text_dim != configs.text_encoder.d_model) {
        return fail(ErrorCode::BadModel,
                    "{}: 'text_dim' is {}, but the text encoder's 'd_model' is {}; the two are not of one model",
                    where("transformer"), configs.transformer.text_dim, configs.text_encoder.d_model);
    }
    return configs;
}

PublishedKind published_kind(const WanConfigs& configs)
{
    if (configs.transformer_2) return PublishedKind::Wan22A14b;
    return configs.expands_timesteps ? PublishedKind::Wan22Ti2v : PublishedKind::Wan21;
}

ModelInfo describe_model(const files::ModelFolder& folder, const WanConfigs& configs, const FolderHints& hints)
{
    ModelInfo info = describe_folder(folder, hints);
    info.family_name = published_kind(configs) == PublishedKind::Wan21 ? "Wan 2.1" : "Wan 2.2";
    info.width_rule = size_rule(configs.transformer.patch_size[2], configs);
    info.height_rule = size_rule(configs.transformer.patch_size[1], configs);
    info.frames_rule = frames_rule(configs);
    info.extra_settings = extra_settings(configs);
    fit_defaults(info);
    return info;
}

}  // namespace headroom::models::wan

#include "core/models/wan/folder_hints.h"

#include <limits>

#include "core/base/json_fields.h"
#include "core/files/json_file.h"
#include "core/files/message_text.h"

namespace headroom::models::wan {

namespace {

constexpr std::int64_t kLatentChannels = 16;

// The linear map that the community fitted to the published Wan 2.1 VAE's normalised latents.
LatentRgb published_latent_rgb()
{
    return {.factors = {{{-0.1299f, -0.1692f, 0.2932f}},
                        {{0.0671f, 0.0406f, 0.0442f}},
                        {{0.3568f, 0.2548f, 0.1747f}},
                        {{0.0372f, 0.2344f, 0.1420f}},
                        {{0.0313f, 0.0189f, -0.0328f}},
                        {{0.0296f, -0.0956f, -0.0665f}},
                        {{-0.3477f, -0.4059f, -0.2925f}},
                        {{0.0166f, 0.1902f, 0.1975f}},
                        {{-0.0412f, 0.0267f, -0.1364f}},
                        {{-0.1293f, 0.0740f, 0.1636f}},
                        {{0.0680f, 0.3019f, 0.1128f}},
                        {{0.0032f, 0.0581f, 0.0639f}},
                        {{-0.1251f, 0.0927f, 0.1699f}},
                        {{0.0060f, -0.0633f, 0.0005f}},
                        {{0.3477f, 0.2275f, 0.2950f}},
                        {{0.1984f, 0.0913f, 0.1861f}}},
            .bias = {-0.1835f, -0.0868f, -0.3360f}};
}

Result<LatentRgb> parse_latent_rgb(const nlohmann::json& json, const std::string& file)
{
    const auto is_triple = [](const nlohmann::json& row) {
        return row.is_array() && row.size() == 3 && row[0].is_number() && row[1].is_number() && row[2].is_number();
    };
    const auto triple = [](const nlohmann::json& row) -> std::array<float, 3> { return {row[0], row[1], row[2]}; };

    LatentRgb latent_rgb;
    const auto& factors = json.contains("factors") ? json["factors"] : nlohmann::json();
    const bool complete = factors.is_array() && factors.size() == kLatentChannels && json.contains("bias") && is_triple(json["bias"]);
    for (const auto& row : complete ? factors : nlohmann::json::array()) {
        if (is_triple(row)) latent_rgb.factors.push_back(triple(row));
    }
    if (latent_rgb.factors.size() != kLatentChannels) {
        return fail(ErrorCode::BadModel, "{}: 'latent_rgb' needs 'factors' of {} rows of three numbers and a 'bias' of three", file,
                    kLatentChannels);
    }
    latent_rgb.bias = triple(json["bias"]);
    return latent_rgb;
}

/// Wan-Video/Wan2.2, wan/configs/wan_t2v_A14B.py.
FolderHints published_a14b()
{
    FolderHints hints;
    hints.defaults = {.width = 832, .height = 480, .frames = 81, .steps = 40, .guidance = 4.0, .fps = 16, .prompt = {}};
    hints.guidance_2 = 3.0;
    hints.flow_shift = 12.0;
    GenerationDefaults large = hints.defaults;
    large.width = 1280;
    large.height = 720;
    const std::map<std::string, double> extra{{"guidance_2", 3.0}, {"flow_shift", 12.0}};
    hints.presets = {{"480p, as the authors run it", hints.defaults, extra}, {"720p, as the authors run it", large, extra}};
    hints.latent_rgb = published_latent_rgb();
    return hints;
}

/// Wan-Video/Wan2.1 and diffusers' documentation of the pipeline.
FolderHints published_wan_2_1()
{
    FolderHints hints;
    hints.defaults = {.width = 832, .height = 480, .frames = 81, .steps = 50, .guidance = 5.0, .fps = 16, .prompt = {}};
    GenerationDefaults large = hints.defaults;
    large.width = 1280;
    large.height = 720;
    hints.presets = {{"480p", hints.defaults, {{"flow_shift", 3.0}}}, {"720p", large, {{"flow_shift", 5.0}}}};
    hints.latent_rgb = published_latent_rgb();
    return hints;
}

}  // namespace

Result<FolderHints> read_folder_hints(const files::ModelFolder& folder)
{
    FolderHints hints = folder.component("transformer_2") ? published_a14b() : published_wan_2_1();

    const auto path = folder.path() / "headroom.json";
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return hints;
    const nlohmann::json json = TRY(files::read_json_file(path));
    const std::string file = files::shown(path);
    if (!json.is_object()) return fail(ErrorCode::BadModel, "{}: must be a JSON object", file);
    const nlohmann::json stated = json.value("defaults", nlohmann::json::object());
    const JsonFields fields(stated, file);
    GenerationDefaults& defaults = hints.defaults;
    const auto whole = [&](const char* key, int missing) -> Result<int> {
        return int(TRY(fields.integer(key, missing, 1, std::numeric_limits<int>::max())));
    };
    hints.display_name = TRY(JsonFields(json, file).text("name", {}));
    if (!stated.empty()) hints.presets.clear();  // of the published model, which this is not
    defaults.width = TRY(whole("width", defaults.width));
    defaults.height = TRY(whole("height", defaults.height));
    defaults.frames = TRY(whole("frames", defaults.frames));
    defaults.steps = TRY(whole("steps", defaults.steps));
    defaults.guidance = TRY(fields.number("guidance", defaults.guidance));
    defaults.fps = TRY(whole("fps", defaults.fps));
    defaults.prompt = TRY(fields.text("prompt", defaults.prompt));
    if (json.contains("latent_rgb")) hints.latent_rgb = TRY(parse_latent_rgb(json["latent_rgb"], file));
    return hints;
}

}  // namespace headroom::models::wan
